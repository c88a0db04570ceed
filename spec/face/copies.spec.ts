import type * as rxjs from 'rxjs';
import type * as genstage from '../../src/index.ts';
import { consume, demandMap, fromObservable, handleEvents, producer, stage } from '../../src/index.ts';
import { record, settled } from '../support/record.ts';

type Package = typeof genstage;
type Rx = typeof rxjs;

/** Another copy of a module, as another package may bring it along. */
function copyOf<M extends object>(name: string): M {
  let copy!: M;
  jest.isolateModules(() => {
    copy = jest.requireActual<M>(name);
  });
  return copy;
}

describe('Another copy of RxJS', () => {
  const rx = copyOf<Rx>('rxjs');

  it('is another', () => {
    expect(rx.Observable).not.toBe(copyOf<Rx>('rxjs').Observable);
  });

  it('gives sources, answers, results and gates', () => {
    expect(record(fromObservable(rx.of(1, 2)).pipe(consume())).values).toEqual([1, 2]);
    expect(record(consume<number>()(rx.of(1, 2).pipe())).values).toEqual([1, 2]);
    expect(record(consume<number>()(rx.of(1, 2))).values).toEqual([1, 2]);
    const source = producer<number>((_, { complete }) => {
      complete();
      return [3];
    });
    const stages = source.pipe(
      stage((n) => rx.of(n, n + 1)),
      stage((events) => rx.from(events), { per: 'batch' }),
    );
    expect(record(stages.pipe(handleEvents((events) => rx.of(events.length)))).values).toEqual([2]);
    const answered = producer<number>(() => rx.of(1), { demand: rx.of('forward' as const) });
    const got = record(answered.pipe(consume({ maxDemand: 1 })), (_, leave) => leave());
    expect(got.values).toEqual([1]);
  });

  it('gives demand', () => {
    const source = producer((demand) => Array.from({ length: demand }, (_, n) => n));
    expect(record(source.events(rx.of(2, 1))).values).toEqual([[0, 1], [0]]);
  });
});

describe('Another copy of the package', () => {
  const other = copyOf<Package>('../../src/index.ts');

  it('is another', () => {
    expect(other.DemandQueue).not.toBe(copyOf<Package>('../../src/index.ts').DemandQueue);
  });

  it('gives back what it had not begun, through stages of both', () => {
    const queue = new other.DemandQueue<number>();
    queue.enqueue([1, 2, 3, 4, 5, 6]);
    const mine = stage((n: number) => n, { maxDemand: 1 });
    const theirs = other.stage((n: number) => n, { maxDemand: 1 });
    const got = record(queue.pipe(mine, theirs, consume({ maxDemand: 2, minDemand: 0 })), (n, leave) => {
      if (n === 2) leave();
    });
    expect(got.values).toEqual([1, 2]);
    // The first stage has begun one for the second, which has asked ahead.
    expect(queue.peek()).toEqual([4, 5, 6]);
    record(queue.pipe(demandMap(() => Promise.resolve(), { maxDemand: 2 }))).unsubscribe();
    expect(queue.peek()).toEqual([6]);
  });

  it('errors with the very error', async () => {
    const boom = new Error('boom');
    const failing = other.producer<number>(async () => {
      throw boom;
    });
    const got = record(
      failing.pipe(
        stage((n) => n),
        other.stage((n: number) => n),
        consume(),
      ),
    );
    await settled();
    expect(got.ended).toBe(boom);
    const late = record(
      other.fromIterable([1]).pipe(
        stage(() => {
          throw boom;
        }),
        other.consume(),
      ),
    );
    expect(late.ended).toBe(boom);
  });
});
