import { map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { DemandQueue, batch, demandMap, keySerial, type Batch } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

const signs = { size: '', timeout: '~', flush: '!' };

/** Batches that came together, as the letters of their events, and a sign for what has ended them. */
const drawn = map((batches: readonly Batch<string, unknown>[]) =>
  batches.map(({ events, trigger }) => events.join('') + signs[trigger]).join(),
);

describe('The demand for batches', () => {
  it('begins with that of a consumer', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  (abcd)-');
      const asks = '        ---1---';
      const asked = '       ---(22)';
      const expected = '    ---x---';
      expectObservable(
        jobs
          .pipe(batch({ size: 2 }))
          .events(demand(asks))
          .pipe(drawn),
      ).toBe(expected, { x: 'ab' });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('lets as many batches go as have been asked for', () => {
    marbles(({ queue, demand, expectObservable }) => {
      const jobs = queue('  (abcdefgh)-----');
      const asks = '        1---1----1-----';
      const expected = '    x---y----z-----';
      const batches = { x: 'ab', y: 'cd', z: 'ef' };
      expectObservable(
        jobs
          .pipe(batch({ size: 2 }))
          .events(demand(asks))
          .pipe(drawn),
      ).toBe(expected, batches);
    });
  });

  it('takes no events while no batch is owed', () => {
    const queue = new DemandQueue<string>();
    const consumer = new RawConsumer(queue.pipe(batch({ size: 3, maxDemand: 2 })));
    consumer.ask(1);
    queue.enqueue(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
    expect(consumer.events.map(({ events }) => events)).toEqual([['a', 'b', 'c']]);
    // Two that are not in a batch wait in the stage, or have been asked for.
    expect(queue.peek()).toEqual(['f', 'g', 'h']);
    consumer.ask(1);
    expect(consumer.events.map(({ events }) => events.join(''))).toEqual(['abc', 'def']);
  });

  it('takes events until a batch is full, whichever key that has', () => {
    const queue = new DemandQueue<string>();
    const consumer = new RawConsumer(queue.pipe(batch({ size: 2, maxDemand: 1, key: (job) => job })));
    consumer.ask(1);
    queue.enqueue(['a', 'b', 'c', 'd', 'c', 'a', 'b']);
    expect(consumer.events.map(({ key }) => key)).toEqual(['c']);
    expect(queue.peek()).toEqual(['b']);
  });

  it('holds what it has taken back until a batch is owed, and the age of an event begins when it enters a batch', () => {
    marbles(({ queue, demand, expectObservable }) => {
      const jobs = queue('  (abc)------------');
      const asks = '        1-------1--------';
      const expected = '    x------------y---';
      const batches = jobs.pipe(batch({ size: 2, timeoutMs: 5 })).events(demand(asks));
      expectObservable(batches.pipe(drawn)).toBe(expected, { x: 'ab', y: 'c~' });
    });
  });

  it('keeps batches that time out while none is owed', () => {
    marbles(({ queue, demand, expectObservable }) => {
      const jobs = queue('  (abcC)---------');
      const asks = '        1---------1-1--';
      const expected = '    x---------y-z--';
      const key = (job: string) => job.toLowerCase();
      const batches = jobs.pipe(batch({ size: 2, timeoutMs: 5, maxDemand: 4, minDemand: 0, key }));
      expectObservable(batches.events(demand(asks)).pipe(drawn)).toBe(expected, {
        x: 'cC',
        y: 'a~',
        z: 'b~',
      });
    });
  });

  it('drops batches that find no room in its buffer, and hands them out', () => {
    marbles(({ queue, demand, expectObservable }) => {
      const jobs = queue('  (abcC)---------');
      const asks = '        1---------2----';
      const expected = '    x---------z----';
      const dropped: unknown[] = [];
      const batches = jobs.pipe(
        batch({
          size: 2,
          timeoutMs: 5,
          maxDemand: 4,
          minDemand: 0,
          key: (job) => job.toLowerCase(),
          bufferSize: 1,
          discarded: (lost, cause) => dropped.push(cause, ...lost.flatMap(({ events }) => events)),
        }),
      );
      expectObservable(batches.events(demand(asks)).pipe(drawn)).toBe(expected, { x: 'cC', z: 'b~' });
      expectObservable(demand('-----------1').pipe(map(() => dropped))).toBe('-----------x', {
        x: ['overflow', 'a'],
      });
    });
  });

  it('waits for nothing while no batch is open', () => {
    const scheduler = new TestScheduler(() => undefined);
    const open = () => scheduler.actions.filter(({ closed }) => !closed).length;
    const queue = new DemandQueue<string>();
    const consumer = new RawConsumer(queue.pipe(batch({ size: 2, timeoutMs: 5, scheduler })));
    consumer.ask(9);
    expect(open()).toBe(0);
    queue.enqueue(['a']);
    expect(open()).toBe(1);
    queue.enqueue(['b']);
    expect(open()).toBe(0);
  });

  it('is shared by two consumers', () => {
    marbles(({ queue, demand, expectObservable }) => {
      const jobs = queue('  (abcdef)---gh--');
      const asks1 = '       1------1-------';
      const expected1 = '   x------z-------';
      const asks2 = '       -1-------------';
      const expected2 = '   -y-------------';
      const batches = jobs.pipe(batch({ size: 2 }));
      expectObservable(batches.events(demand(asks1)).pipe(drawn)).toBe(expected1, { x: 'ab', z: 'ef' });
      expectObservable(batches.events(demand(asks2)).pipe(drawn)).toBe(expected2, { y: 'cd' });
    });
  });

  it('counts an event as done for a dispatcher above when it has entered a batch', () => {
    const queue = new DemandQueue<string>({ dispatcher: keySerial({ key: (job) => job[0] }) });
    const got: string[] = [];
    queue
      .pipe(
        batch({ size: 3 }),
        demandMap(({ events }) => events.join()),
      )
      .subscribe((events) => got.push(events));
    queue.enqueue(['a1', 'a2', 'b1', 'a3', 'a4', 'a5']);
    expect(got.join()).toMatch(/^(a\d|b1)(,(a\d|b1)){5}$/);
    expect(got.flatMap((events) => events.split(',')).filter((event) => event < 'b')).toEqual([
      'a1',
      'a2',
      'a3',
      'a4',
      'a5',
    ]);
  });
});
