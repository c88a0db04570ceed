import { NEVER, Observable, Subject, concat, of, retry, throwError } from 'rxjs';
import { DemandQueue, consume, stage, type DiscardCause, type JobContext } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { range, record, settled } from '../support/record.ts';

const boom = new Error('boom');

/** Fails with event 2 in one of the ways there are, at once. */
const failures: readonly (readonly [string, (event: number) => unknown])[] = [
  [
    'throws',
    (event) => {
      if (event === 2) throw boom;
      return event;
    },
  ],
  ['gives an Observable that errors', (event) => (event === 2 ? throwError(() => boom) : of(event))],
  [
    'gives a generator that throws',
    function* (event) {
      if (event === 2) throw boom;
      yield event;
    },
  ],
];

describe.each(failures)('stage with work that %s', (_, project) => {
  it.each([1, 2, 5])(
    'errors after the results before, and gives back what is behind; maxDemand %d',
    (maxDemand) => {
      for (const take of [1, 1000]) {
        const queue = new DemandQueue<number>();
        const begun: number[] = [];
        const dropped: number[] = [];
        const discarded = (results: readonly unknown[]) => void dropped.push(...(results as number[]));
        queue.enqueue(range(8));
        const source = queue.pipe(
          stage((event) => (begun.push(event), project(event)), { maxDemand, discarded }),
        );
        const got = record(source.pipe(consume({ maxDemand: take })));
        // What is not asked for when the error comes is dropped, but not lost.
        expect([...got.values, ...dropped]).toEqual([0, 1]);
        expect(dropped).toEqual(take === 1 && maxDemand === 5 ? [1] : []);
        expect(got.ended).toBe(boom);
        expect(begun).toEqual([0, 1, 2]);
        expect(queue.peek()).toEqual([3, 4, 5, 6, 7]);
      }
    },
  );

  it('gives back batches that wait behind the one that fails, in order', () => {
    const queue = new DemandQueue<number>();
    const consumer = new RawConsumer(queue.pipe(stage(project, { maxDemand: 6 })));
    consumer.ask(1);
    for (const batch of [[0], [1, 2, 3], [4], [5]]) queue.enqueue(batch);
    consumer.ask(5);
    expect(consumer.events).toEqual([0, 1]);
    expect(consumer.ended).toBe(boom);
    expect(queue.peek()).toEqual([3, 4, 5]);
  });

  it('goes on with the next event for who subscribes again', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue(range(5));
    const got = record(queue.pipe(stage(project, { maxDemand: 3 }), consume(), retry()));
    expect(got.values).toEqual([0, 1, 3, 4]);
    expect(got.ended).toBeUndefined();
    expect(queue.demand).toBe(3);
  });
});

describe('stage with work that fails later', () => {
  it('errors at once, tears down the other work, and drops the results that wait', () => {
    marbles(({ queue, cold, demand, expectObservable, expectSubscriptions, expectDemand, flush }) => {
      const works = {
        a: cold('           --x|          '),
        b: cold('           ----#         ', {}, boom),
        c: cold('           -y--------z|  '),
      };
      const unsubA = '        ^--!          ';
      const unsubB = '        ^---!         ';
      const unsubC = '        ^---!         ';
      const events = queue('  (abcdef)      ');
      const askedFor = '      3--1          ';
      const asked = '         1             ';
      const expected = '      -y--#         ';
      const dropped: unknown[] = [];
      const discarded = (results: readonly string[], cause: DiscardCause) =>
        void dropped.push([results, cause]);
      const jobs = (event: string) => (event === 'd' ? NEVER : works[event as 'a']);
      const source = events.pipe(stage(jobs, { maxDemand: 3, discarded }));
      expectObservable(source.events(demand(asked))).toBe(expected, { y: ['y'] }, boom);
      expectSubscriptions(works.a.subscriptions).toBe(unsubA);
      expectSubscriptions(works.b.subscriptions).toBe(unsubB);
      expectSubscriptions(works.c.subscriptions).toBe(unsubC);
      expectDemand(events).toBe(askedFor);
      flush();
      expect(dropped).toEqual([[['x'], 'stopped']]);
      // d was not begun: nobody was owed a result.
      expect(events.peek()).toEqual(['d', 'e', 'f']);
    });
  });

  it('errors with what a promise rejects with, and lets the others go', async () => {
    const contexts: JobContext[] = [];
    const queue = new DemandQueue<number>();
    const project = async (event: number, context: JobContext) => {
      contexts.push(context);
      expect(context.signal.aborted).toBe(false);
      await Promise.resolve();
      if (event === 1) throw boom;
      await settled();
      return event;
    };
    const got = record(queue.pipe(stage(project, { maxDemand: 3 }), consume()));
    queue.enqueue(range(5));
    await settled();
    expect(got.ended).toBe(boom);
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
    await settled();
    expect(got.values).toEqual([]);
    expect(queue.peek()).toEqual([3, 4]);
  });

  it('gives the results that a failing Observable gave before', () => {
    for (const maxDemand of [1, 2]) {
      const queue = new DemandQueue<number>();
      queue.enqueue([1, 2]);
      const project = () =>
        concat(
          of('a', 'b'),
          throwError(() => boom),
        );
      const got = record(queue.pipe(stage(project, { maxDemand }), consume({ maxDemand: 3, minDemand: 2 })));
      expect(got.values).toEqual(['a', 'b']);
      expect(got.ended).toBe(boom);
      expect(queue.peek()).toEqual([2]);
    }
  });

  it('begins no other work when one fails in the middle of a delivery', () => {
    const queue = new DemandQueue<number>();
    const jobs = new ManualJobs<number>();
    const got = record(queue.pipe(stage(jobs.project, { maxDemand: 3 }), consume()), () =>
      jobs.fail(1, boom),
    );
    queue.enqueue(range(6));
    jobs.finish(0);
    expect(jobs.begun).toEqual([0, 1, 2]);
    expect(got.ended).toBe(boom);
    expect(queue.peek()).toEqual([3, 4, 5]);
  });

  it('begins no other work when one fails inside the function of another', () => {
    const queue = new DemandQueue<number>();
    const first = new Subject<number>();
    const begun: number[] = [];
    const project = (event: number): Observable<number> | number => {
      begun.push(event);
      if (event === 1) first.error(boom);
      return event === 0 ? first : event;
    };
    const got = record(queue.pipe(stage(project, { maxDemand: 4 }), consume()));
    queue.enqueue(range(4));
    expect(got.ended).toBe(boom);
    expect(begun).toEqual([0, 1]);
    expect(got.values).toEqual([1]);
    expect(queue.peek()).toEqual([2, 3]);
  });

  it('tells of the first error only, and of none after it was left', async () => {
    const queue = new DemandQueue<number>();
    const got = record(
      queue.pipe(
        stage(() => Promise.reject(boom), { maxDemand: 2 }),
        consume(),
      ),
    );
    queue.enqueue([1, 2]);
    await settled();
    expect(got.ended).toBe(boom);
    const left = record(
      queue.pipe(
        stage(() => Promise.reject(boom)),
        consume(),
      ),
    );
    queue.enqueue([3]);
    left.unsubscribe();
    await settled();
    expect(left.ended).toBeUndefined();
  });
});

describe('stage over a producer that errors', () => {
  it('errors at once, though results and events wait in it', () => {
    const dropped: unknown[] = [];
    const discarded = (events: readonly number[], cause: DiscardCause) => void dropped.push([events, cause]);
    const queue = new DemandQueue<number>();
    const source = queue.pipe(stage((n) => [n, n], { maxDemand: 2, discarded }));
    queue.discarded.subscribe();
    const consumer = new RawConsumer(source);
    consumer.ask(1);
    queue.enqueue([1]);
    queue.enqueue([2]);
    queue.error(boom);
    expect(consumer.events).toEqual([1]);
    expect(consumer.ended).toBe(boom);
    expect(dropped).toEqual([[[1], 'stopped']]);
  });

  it('errors after what it is delivering, though events wait in it', () => {
    const queue = new DemandQueue<number>();
    const work = new Subject<number>();
    const begun: number[] = [];
    const source = queue.pipe(stage((n) => (begun.push(n), n === 0 ? work : n), { maxDemand: 3 }));
    const consumer = new RawConsumer(source, () => queue.error(boom));
    queue.discarded.subscribe();
    consumer.ask(1);
    queue.enqueue([0]);
    work.next(7);
    expect(consumer.events).toEqual([7]);
    expect(consumer.ended).toBe(boom);
    expect(begun).toEqual([0]);
  });

  it('errors after the batch that it is delivering, though others wait for demand', async () => {
    // The queue has ended already when they come back.
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const queue = new DemandQueue<number>();
    const begun: (readonly number[])[] = [];
    const project = async (batch: readonly number[]) => (begun.push(batch), batch);
    const source = queue.pipe(stage(project, { per: 'batch', maxDemand: 3, minDemand: 0 }));
    const consumer = new RawConsumer(source, () => queue.error(boom));
    consumer.ask(1);
    for (const n of range(3)) queue.next(n);
    await settled();
    expect(consumer.events).toEqual([0]);
    expect(consumer.ended).toBe(boom);
    expect(begun).toEqual([[0]]);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^DemandQueue dropped 2 event/)]]);
    warn.mockRestore();
  });

  it('errors at once while it works, and tears the work down', () => {
    const queue = new DemandQueue<number>();
    let torn = 0;
    const got = record(
      queue.pipe(
        stage(() => new Observable(() => () => torn++), { maxDemand: 2 }),
        consume(),
      ),
    );
    queue.enqueue([1, 2]);
    queue.error(boom);
    expect(got.ended).toBe(boom);
    expect(torn).toBe(2);
  });
});
