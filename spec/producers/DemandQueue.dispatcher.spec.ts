import { NEVER, Subject, of } from 'rxjs';
import {
  DemandQueue,
  QueueClosedError,
  broadcast,
  demandMap,
  keySerial,
  partition,
  type DemandQueueOptions,
} from '../../src/index.ts';
import { DemandDispatcher } from '../../src/engine/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

const key = (job: string) => job[0];

/** A queue of jobs such as `a1`, one of a letter at a time, with a pool on it if that is given a size. */
function keyed(maxDemand: number, options: DemandQueueOptions<string> = {}) {
  const queue = new DemandQueue<string>({ dispatcher: keySerial({ key }), ...options });
  const jobs = new ManualJobs<string>();
  const discarded: string[][] = [];
  const ends: unknown[] = [];
  queue.discarded.subscribe((events) => discarded.push([...events]));
  if (maxDemand > 0) {
    queue.pipe(demandMap(jobs.project, { maxDemand })).subscribe({
      error: (error: unknown) => ends.push(error),
      complete: () => ends.push('complete'),
    });
  }
  return { queue, jobs, discarded, ends };
}

const jobs = (names: string) => names.split(' ');

describe('A DemandQueue with keySerial()', () => {
  it('has what waits for a busy key in its size and to look at', () => {
    const { queue, jobs: running } = keyed(5);
    queue.enqueue(jobs('a1 a2 b1 a3'));
    expect(running.begun).toEqual(['a1', 'b1']);
    expect([queue.size, queue.demand]).toEqual([2, 3]);
    expect(queue.peek()).toEqual(['a2', 'a3']);
    expect(queue.peek()).not.toBe(queue.peek());
  });

  it('serves each event that is added by itself', () => {
    const { queue, jobs: running } = keyed(5);
    for (const job of jobs('a1 a2 b1 b2 c1')) queue.next(job);
    expect(running.begun).toEqual(['a1', 'b1', 'c1']);
  });

  it('is cleared of what waits, and goes on', () => {
    const { queue, jobs: running } = keyed(5);
    queue.enqueue(jobs('a1 a2 b1 a3 b2'));
    expect(queue.clear()).toEqual(['a2', 'a3', 'b2']);
    expect(queue.size).toBe(0);
    queue.enqueue(['a4']);
    running.finish('a1');
    expect(running.begun).toEqual(['a1', 'b1', 'a4']);
  });

  it('drops the oldest over all keys', () => {
    const { queue, discarded } = keyed(2, { bufferSize: 3 });
    queue.enqueue(jobs('a1 a2 b1 b2 c1 a3 b3'));
    // `a1` and `b1` have gone.
    expect(queue.peek()).toEqual(['c1', 'a3', 'b3']);
    expect(discarded).toEqual([['a2', 'b2']]);
  });

  it("drops the newest with bufferKeep 'first'", () => {
    const { queue, discarded } = keyed(2, { bufferSize: 3, bufferKeep: 'first' });
    queue.enqueue(jobs('a1 a2 b1 b2 c1 a3 b3'));
    expect(queue.peek()).toEqual(['a2', 'b2', 'c1']);
    expect(discarded).toEqual([['a3', 'b3']]);
  });

  it.each(['first', 'last'] as const)('keeps nothing with bufferSize 0 and bufferKeep %p', (bufferKeep) => {
    const { queue, jobs: running, discarded } = keyed(2, { bufferSize: 0, bufferKeep });
    queue.enqueue(jobs('a1 a2 b1 c1'));
    expect(running.begun).toEqual(['a1', 'b1']);
    expect(discarded).toEqual([['a2', 'c1']]);
  });

  it('has room for what a job enqueues that is served at once', () => {
    const { queue, discarded } = keyed(0, { bufferSize: 0 });
    const begun: string[] = [];
    const work = (job: string) => {
      begun.push(job);
      if (job === 'a1') queue.enqueue(jobs('a2 b1 c1'));
      return NEVER;
    };
    queue.pipe(demandMap(work, { maxDemand: 2 })).subscribe();
    queue.enqueue(['a1']);
    expect(begun).toHaveLength(2);
    expect([...begun, ...discarded.flat()].sort()).toEqual(jobs('a1 a2 b1 c1'));
  });

  describe('offered events,', () => {
    it('takes those that may go at once, and as many as its buffer holds', () => {
      const { queue, jobs: running, discarded } = keyed(2, { bufferSize: 1 });
      expect(queue.offer(jobs('a1 a2 b1 c1'))).toEqual({ accepted: ['a1', 'a2', 'b1'], refused: ['c1'] });
      expect(running.begun).toEqual(['a1', 'b1']);
      expect(discarded).toEqual([]);
    });

    it('takes none whose key is busy without a buffer', () => {
      const { queue } = keyed(5, { bufferSize: 0 });
      expect(queue.offer(['a1']).accepted).toEqual(['a1']);
      expect(queue.offer(['a2']).accepted).toEqual([]);
      expect(queue.offer(['b1']).accepted).toEqual(['b1']);
    });

    it('takes none without demand and without a buffer', () => {
      const { queue } = keyed(1, { bufferSize: 0 });
      expect(queue.offer(jobs('a1 b1'))).toEqual({ accepted: ['a1'], refused: ['b1'] });
    });

    it('takes them in the middle of a job, too', () => {
      const { queue, discarded } = keyed(0, { bufferSize: 0 });
      const begun: string[] = [];
      const accepted: string[] = [];
      const work = (job: string) => {
        begun.push(job);
        if (job === 'a1') for (const next of jobs('a2 b1 c1')) accepted.push(...queue.offer([next]).accepted);
        return NEVER;
      };
      queue.pipe(demandMap(work, { maxDemand: 2 })).subscribe();
      queue.enqueue(['a1']);
      expect([accepted, begun]).toEqual([['b1'], ['a1', 'b1']]);
      expect(discarded).toEqual([]);
    });

    it('takes one that is of no key: it does not wait', () => {
      const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
      const failing = keySerial<string>({
        key: () => {
          throw new Error('no key');
        },
      });
      const { queue, discarded } = keyed(1, { bufferSize: 0, dispatcher: failing });
      expect(queue.offer(['a1']).accepted).toEqual(['a1']);
      expect(discarded).toEqual([['a1']]);
      warn.mockRestore();
    });
  });

  it('completes once the last event that waits has been taken', () => {
    const { queue, jobs: running, ends } = keyed(2);
    queue.enqueue(jobs('a1 a2'));
    queue.complete();
    expect(() => {
      queue.next('late');
    }).toThrow(QueueClosedError);
    running.finish('a1');
    expect([running.running, ends]).toEqual([['a2'], []]);
    running.finish('a2');
    expect(ends).toEqual(['complete']);
  });

  it('completes if it is cleared of the last events that wait', () => {
    const { queue, jobs: running, ends } = keyed(2);
    queue.enqueue(jobs('a1 a2'));
    queue.complete();
    queue.clear();
    running.finish('a1');
    expect(ends).toEqual(['complete']);
  });

  it('hands out what waits when it errors', () => {
    const { queue, discarded, ends } = keyed(2);
    queue.enqueue(jobs('a1 a2 b1 a3'));
    const boom = new Error('boom');
    queue.error(boom);
    expect(discarded).toEqual([['a2', 'a3']]);
    expect([queue.size, queue.demand, ends]).toEqual([0, 0, [boom]]);
  });

  it('hands out events for which `key` throws, and goes on', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const {
      queue,
      jobs: running,
      discarded,
    } = keyed(3, {
      dispatcher: keySerial({
        key: (job) => {
          if (job === '!') throw new Error('no key');
          return job[0];
        },
      }),
    });
    queue.enqueue(['a1', '!', 'b1']);
    expect(running.begun).toEqual(['a1', 'b1']);
    expect(discarded).toEqual([['!']]);
    warn.mockRestore();
  });

  it('does what its jobs enqueue in turn', () => {
    const { queue } = keyed(0);
    const begun: string[] = [];
    const end = new Subject<void>();
    const work = (job: string) => {
      begun.push(job);
      if (job === 'a1') queue.enqueue(jobs('a2 b1'));
      return end;
    };
    queue.pipe(demandMap(work, { maxDemand: 3 })).subscribe();
    queue.enqueue(jobs('a1 c1'));
    expect(begun).toEqual(['a1', 'c1', 'b1']);
    end.complete();
    expect(begun).toEqual(['a1', 'c1', 'b1', 'a2']);
  });
});

describe('A DemandQueue with another dispatcher', () => {
  it('gives events to the consumers of their partitions', () => {
    const queue = new DemandQueue<number>({
      dispatcher: partition({ partitions: ['even', 'odd'], hash: (n) => [n, n % 2 === 0 ? 'even' : 'odd'] }),
    });
    const got: unknown[] = [];
    for (const name of ['odd', 'even']) {
      queue.events(of(2), { partition: name }).subscribe((events) => got.push([name, events]));
    }
    queue.enqueue([1, 2, 3, 4]);
    expect(got).toEqual([
      ['even', [2, 4]],
      ['odd', [1, 3]],
    ]);
  });

  it('gives events to all', () => {
    const queue = new DemandQueue<number>({ dispatcher: broadcast() });
    const consumers = [new RawConsumer(queue), new RawConsumer(queue)];
    queue.enqueue([1, 2, 3]);
    consumers[0]!.ask(3);
    expect(queue.size).toBe(3);
    consumers[1]!.ask(2);
    expect(consumers.map(({ events }) => events)).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(queue.peek()).toEqual([3]);
  });

  it('tells the console why an event is lost that nobody watches', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const queue = new DemandQueue<number>({
      dispatcher: partition({ partitions: [1], hash: (n) => [n, n] }),
    });
    queue.events(of(5), { partition: 1 }).subscribe();
    queue.enqueue([1, 2]);
    expect(warn.mock.calls).toEqual([
      [
        'DemandQueue dropped 1 event(s) that nobody will get (unroutable). Subscribe to `discarded` to have them. Further ' +
          'drops are not told here.',
      ],
    ]);
    warn.mockRestore();
  });

  it('is closed when the dispatcher fails, and refuses what is offered', () => {
    const boom = new Error('boom');
    const queue = new DemandQueue<number>({
      dispatcher: () =>
        Object.assign(new DemandDispatcher<number>(), {
          dispatch: () => {
            throw boom;
          },
        }),
    });
    const consumer = new RawConsumer(queue);
    consumer.ask(1);
    queue.enqueue([1]);
    expect([queue.closed, consumer.ended]).toEqual([true, boom]);
    expect(queue.offer([2])).toEqual({ accepted: [], refused: [2] });
    expect(() => {
      queue.next(2);
    }).toThrow(QueueClosedError);
  });

  it.each([['demand'], [{}]])('refuses %p as dispatcher', (dispatcher) => {
    expect(() => new DemandQueue({ dispatcher: dispatcher as never })).toThrow(
      'Expected `dispatcher` to be a function',
    );
  });
});
