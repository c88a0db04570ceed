import { EMPTY, Observable, concat, lastValueFrom, observable, of, timer, toArray } from 'rxjs';
import { DemandQueue, demandMap } from '../../src/index.ts';

const f = (): number => 1;

/** What a job returns, and the results that come of it. */
const kinds: [string, () => unknown, unknown[]][] = [
  ['a promise', () => Promise.resolve(1), [1]],
  ['an async function without a result', async () => {}, [undefined]],
  ['a promise of an array', () => Promise.resolve([1, 2]), [[1, 2]]],
  ['a promise of an Observable', async () => EMPTY, [EMPTY]],
  ['a thenable', () => ({ then: (ok: (value: number) => void) => void setImmediate(ok, 1) }), [1]],
  ['a thenable that calls back at once', () => ({ then: (ok: (value: number) => void) => ok(1) }), [1]],
  [
    'a thenable that calls back twice',
    () => ({
      then: (ok: (value: number) => void) => {
        ok(1);
        ok(2);
      },
    }),
    [1],
  ],
  ['an Observable', () => of(1, 2), [1, 2]],
  ['an Observable that takes its time', () => concat(of('now'), timer(0)), ['now', 0]],
  ['an empty Observable', () => EMPTY, []],
  ['an interop Observable', () => ({ [observable]: () => of(1, 2) }), [1, 2]],
  ['an array', () => [1, 2], [1, 2]],
  ['an empty array', () => [], []],
  ['another iterable', () => new Set([1, 2]), [1, 2]],
  [
    'a generator',
    function* () {
      yield 1;
      yield 2;
      return 3;
    },
    [1, 2],
  ],
  [
    'an async generator',
    async function* () {
      yield 1;
      yield 2;
    },
    [1, 2],
  ],
  ['a web stream', () => new Response('abc').body?.pipeThrough(new TextDecoderStream()), ['abc']],
  ['a plain value', () => 1, [1]],
  ['a plain object', () => ({ length: 1 }), [{ length: 1 }]],
  ['a string, not its characters', () => 'abc', ['abc']],
  ['undefined', () => undefined, [undefined]],
  ['nothing', () => {}, [undefined]],
  ['null', () => null, [null]],
  ['a function', () => f, [f]],
  ['an object with a `then` that is no function', () => ({ then: 1 }), [{ then: 1 }]],
];

/** The results of a pool that does these jobs. */
function resultsOf(jobs: readonly (() => unknown)[], maxDemand: number): Promise<unknown[]> {
  const queue = new DemandQueue<() => unknown>();
  queue.enqueue(jobs);
  queue.complete();
  const results = queue.pipe(demandMap((job) => job(), { maxDemand }));
  return lastValueFrom(results.pipe(toArray()), { defaultValue: [] });
}

describe('What a job of demandMap may return', () => {
  it.each(kinds)('%s', async (_, job, expected) => {
    await expect(resultsOf([job], 1)).resolves.toEqual(expected);
    await expect(resultsOf([job, job], 1)).resolves.toEqual([...expected, ...expected]);
    const both = await resultsOf([job, job], 2);
    expect(both).toHaveLength(2 * expected.length);
    expect(both).toEqual(expect.arrayContaining(expected));
  });

  it('each kind after each other', async () => {
    const pairs = kinds.flatMap((first) => kinds.flatMap((second) => [first, second]));
    const jobs = pairs.map(([, job]) => job);
    await expect(resultsOf(jobs, 1)).resolves.toEqual(pairs.flatMap(([, , expected]) => expected));
  });

  it('an Observable, whose teardown runs before the next job begins', () => {
    const queue = new DemandQueue<number>();
    const log: string[] = [];
    const job = (event: number) => {
      log.push(`begin ${event}`);
      return new Observable<number>((subscriber) => {
        subscriber.next(event);
        subscriber.complete();
        return () => log.push(`end ${event}`);
      });
    };
    queue.pipe(demandMap(job)).subscribe((result) => log.push(`result ${result}`));
    queue.enqueue([1, 2]);
    expect(log).toEqual(['begin 1', 'result 1', 'end 1', 'begin 2', 'result 2', 'end 2']);
  });
});

describe('Bytes that a job returns', () => {
  it.each([Buffer.from('ab'), new Uint8Array([1, 2]), new Float64Array(2), new DataView(new ArrayBuffer(2))])(
    'are one result: %p',
    (bytes) => {
      const results: unknown[] = [];
      of(1)
        .pipe(demandMap(() => bytes))
        .subscribe((result) => void results.push(result));
      expect(results).toEqual([bytes]);
    },
  );
});
