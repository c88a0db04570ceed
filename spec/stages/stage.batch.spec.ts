import { EMPTY, NEVER, Observable, Subject, delay, of } from 'rxjs';
import {
  DemandQueue,
  consume,
  fromIterable,
  stage,
  tapDemand,
  type BatchAnswer,
  type BatchContext,
  type DemandOptions,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { inputs } from '../support/inputs.ts';
import { naturals, range, record, settled } from '../support/record.ts';

/** The sizes of the first batches, and the first asks, of a stage over an iterable without an end. */
function firstBatches(options: DemandOptions): { readonly sizes: number[]; readonly asked: number[] } {
  const sizes: number[] = [];
  const asked: number[] = [];
  const got = fromIterable(naturals()).pipe(
    tapDemand((demand) => asked.push(demand)),
    stage(
      (events: readonly number[]) => {
        sizes.push(events.length);
        return sizes.length === 6 ? [true] : [];
      },
      { ...options, per: 'batch' },
    ),
    consume(),
  );
  record(got, (_, leave) => leave());
  return { sizes: sizes.slice(0, 6), asked: asked.slice(0, 6) };
}

describe('stage per batch', () => {
  it.each<[DemandOptions, number[], number[]]>([
    [{}, [500, 500, 500, 500, 500, 500], [1000, 500, 500, 500, 500, 500]],
    [{ maxDemand: 1000, minDemand: 500 }, [500, 500, 500, 500, 500, 500], [1000, 500, 500, 500, 500, 500]],
    [{ maxDemand: 100, minDemand: 80 }, [20, 20, 20, 20, 20, 20], [100, 20, 20, 20, 20, 20]],
    [{ maxDemand: 100, minDemand: 20 }, [80, 20, 80, 80, 20, 80], [100, 80, 100, 80, 100]],
    [{ maxDemand: 100, minDemand: 0 }, [100, 100, 100, 100, 100, 100], [100, 100, 100, 100, 100, 100]],
    [{ maxDemand: 1, minDemand: 0 }, [1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]],
    [{ maxDemand: 1 }, [1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]],
  ])('with %p gets batches of %p and asks for %p', (options, sizes, asked) => {
    expect(firstBatches(options)).toEqual({ sizes, asked });
  });

  it('emits the results of a batch together, and keeps what was not asked for', () => {
    const doubled = fromIterable(range(4)).pipe(
      stage((events) => events.flatMap((n) => [n, n]), { per: 'batch', maxDemand: 2, minDemand: 0 }),
    );
    const consumer = new RawConsumer(doubled);
    consumer.ask(3);
    expect(consumer.batches).toEqual([[0, 0, 1]]);
    consumer.ask(10);
    expect(consumer.batches).toEqual([[0, 0, 1], [1], [2, 2, 3, 3]]);
    expect(consumer.ended).toBe('complete');
  });

  it('works on one batch at a time, and asks when it is done', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const events = queue('  (abcde)---------|');
      const asked = '         4----2----2-----';
      const expected = '      -----x----y----z|';
      const project = (batch: readonly string[]) => of(batch.join('')).pipe(delay(5));
      const options = { per: 'batch', maxDemand: 4, minDemand: 2 } as const;
      const values = { x: 'ab', y: 'cd', z: 'e' };
      expectObservable(events.pipe(stage(project, options), consume())).toBe(expected, values);
      expectDemand(events).toBe(asked);
    });
  });

  describe('takes for the results', () => {
    it.each(inputs)('%s', async (name, input) => {
      // A promise gives an iterable of results.
      const answer = (batch: readonly number[]) =>
        (name.startsWith('a promise') && !name.includes('Observable')
          ? Promise.resolve(batch)
          : input(batch)) as BatchAnswer<number>;
      const got = record(fromIterable([1, 2]).pipe(stage(answer, { per: 'batch', maxDemand: 1 }), consume()));
      await settled();
      await settled();
      expect(got.values).toEqual([1, 2]);
      expect(got.ended).toBe('complete');
    });

    it.each<[string, BatchAnswer<number>, unknown]>([
      ['nothing', undefined, 'complete'],
      ['an empty array', [], 'complete'],
      ['a promise of nothing', Promise.resolve(), 'complete'],
      ['an Observable that completes', EMPTY, 'complete'],
      ['an Observable that never ends', NEVER, undefined],
    ])('%s', async (_, answer, ended) => {
      const got = record(
        fromIterable(range(4)).pipe(
          stage(() => answer, { per: 'batch', maxDemand: 2 }),
          consume(),
        ),
      );
      await settled();
      expect(got.values).toEqual([]);
      expect(got.ended).toBe(ended);
      got.unsubscribe();
    });

    it.each([5, {}, true])('no %p: that is an error', (answer) => {
      const got = record(
        fromIterable([1]).pipe(
          stage(() => answer as never, { per: 'batch' }),
          consume(),
        ),
      );
      expect((got.ended as Error).message).toMatch(
        /^Expected `answer` to be an iterable of events, or nothing, got /,
      );
    });
  });

  it('works only for who has asked: asked for nothing it holds what has come', () => {
    const queue = new DemandQueue<number>();
    const project = jest.fn((batch: readonly number[]) => batch);
    const consumer = new RawConsumer(
      queue.pipe(stage(project, { per: 'batch', maxDemand: 4, minDemand: 0 })),
    );
    consumer.ask(1);
    queue.enqueue([1]);
    queue.enqueue([2]);
    queue.enqueue([3]);
    expect(project.mock.calls).toEqual([[[1], expect.anything()]]);
    expect(queue.demand).toBe(1);
    consumer.ask(1);
    expect(consumer.events).toEqual([1, 2]);
    consumer.unsubscribe();
    expect(queue.peek()).toEqual([3]);
  });

  describe('that is left while it works', () => {
    /** A stage that works on its first batch, [0, 1], of six events that its queue had. */
    function working(answer: () => BatchAnswer<number>) {
      const queue = new DemandQueue<number>();
      const contexts: BatchContext[] = [];
      const batches: (readonly number[])[] = [];
      const source = queue.pipe(
        stage(
          (batch: readonly number[], context) => {
            batches.push(batch);
            contexts.push(context);
            return answer();
          },
          { per: 'batch', maxDemand: 4, minDemand: 2 },
        ),
      );
      queue.enqueue(range(6));
      const got = record(source.pipe(consume()));
      return { queue, contexts, batches, got };
    }

    it.each<[string, () => BatchAnswer<number>]>([
      ['a promise', () => new Promise<never>(() => {})],
      ['an Observable', () => NEVER],
    ])('abandons it at once, aborts its signal, and gives back the rest: %s', (_, answer) => {
      const { queue, contexts, batches, got } = working(answer);
      const { signal } = contexts[0]!;
      expect(signal.aborted).toBe(false);
      got.unsubscribe();
      expect(signal.aborted).toBe(true);
      expect(batches).toEqual([[0, 1]]);
      expect(queue.peek()).toEqual([2, 3, 4, 5]);
    });

    it('unsubscribes from the Observable, and takes no notice of a promise', async () => {
      let torn = 0;
      const { got: first } = working(() => new Observable<number>(() => () => torn++));
      first.unsubscribe();
      expect(torn).toBe(1);
      let resolve!: (results: readonly number[]) => void;
      const { got } = working(() => new Promise<readonly number[]>((done) => (resolve = done)));
      got.unsubscribe();
      resolve([1]);
      await settled();
      expect(got.values).toEqual([]);
    });

    it('goes on for a consumer that has come meanwhile', async () => {
      const queue = new DemandQueue<number>();
      const source = queue.pipe(
        stage(async (batch: readonly number[]) => batch, { per: 'batch', maxDemand: 2, minDemand: 0 }),
      );
      queue.enqueue(range(4));
      const leaving = new RawConsumer(source);
      leaving.ask(2);
      const staying = new RawConsumer(source);
      staying.ask(4);
      leaving.unsubscribe();
      await settled();
      expect(staying.events).toEqual(range(4));
      expect(leaving.ended).toBeUndefined();
    });

    it('is left by its own function', () => {
      const stop = new Subject<void>();
      const seen: boolean[] = [];
      const queue = new DemandQueue<number>();
      queue.enqueue(range(6));
      const source = queue.pipe(
        stage(
          (batch: readonly number[], { signal }) => {
            stop.next();
            seen.push(signal.aborted);
            return batch;
          },
          { per: 'batch', maxDemand: 4, minDemand: 2 },
        ),
        consume(),
      );
      const got = record(source);
      stop.subscribe(() => got.unsubscribe());
      expect(got.values).toEqual(range(6));
      queue.enqueue(range(6));
      expect(seen.at(-1)).toBe(true);
      expect(queue.peek()).toEqual([2, 3, 4, 5]);
    });
  });

  describe('that fails', () => {
    const boom = new Error('boom');
    it.each<[string, () => BatchAnswer<number>]>([
      [
        'throws',
        () => {
          throw boom;
        },
      ],
      ['rejects', () => Promise.reject<void>(boom)],
      [
        'gives an Observable that errors later',
        () =>
          new Observable<number>((subscriber) => void Promise.resolve().then(() => subscriber.error(boom))),
      ],
    ])('errors, and gives back the batches behind: it %s', async (_, answer) => {
      const queue = new DemandQueue<number>();
      queue.enqueue(range(6));
      const got = record(queue.pipe(stage(answer, { per: 'batch', maxDemand: 4, minDemand: 2 }), consume()));
      await settled();
      expect(got.ended).toBe(boom);
      expect(queue.peek()).toEqual([2, 3, 4, 5]);
    });

    it.each<[string, () => BatchAnswer<number>]>([
      [
        'a generator',
        function* () {
          yield 1;
          throw boom;
        },
      ],
      [
        'an Observable',
        () => new Observable<number>((subscriber) => (subscriber.next(1), subscriber.error(boom))),
      ],
      [
        'an async generator',
        async function* () {
          yield 1;
          throw boom;
        },
      ],
    ])('emits the results before first: %s', async (_, answer) => {
      const got = record(fromIterable([1]).pipe(stage(answer, { per: 'batch' }), consume()));
      await settled();
      expect(got.values).toEqual([1]);
      expect(got.ended).toBe(boom);
    });
  });
});
