import { PassThrough, Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { lastValueFrom, take, toArray, type Observable } from 'rxjs';
import { consume, demandMap, fromAsyncIterable, toAsyncIterable } from 'rxjs-genstage';
import { RecordedQueue } from 'rxjs-genstage/testing';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Resolves when the event loop has turned so often that whatever could go on has. */
const settled = async () => {
  for (let turns = 0; turns < 20; turns++) await turn();
};

/** A queue of the numbers from 0 to 19, and how much it has been asked for. */
function countedQueue(): { readonly queue: RecordedQueue<number>; readonly asked: () => number } {
  const queue = new RecordedQueue<number>();
  let asked = 0;
  queue.asked.subscribe((demand) => (asked += demand));
  queue.enqueue(Array.from({ length: 20 }, (_, number) => number));
  queue.complete();
  return { queue, asked: () => asked };
}

/** A Writable of objects that waits for `write`. */
const slowSink = (highWaterMark: number, write: (chunk: number) => Promise<void>) =>
  new Writable({
    objectMode: true,
    highWaterMark,
    write: (chunk: number, _encoding, done) => void write(chunk).then(() => done(), done),
  });

/** Resolves when the Observable completes. */
const ended = (line: Observable<unknown>) => lastValueFrom(line, { defaultValue: undefined });

describe('A producer that is read as a Readable, and piped to a slow Writable', () => {
  it.each([1, 4])(
    'is asked for no more than what has been read, with a Writable that takes %i',
    async (highWaterMark) => {
      const { queue, asked } = countedQueue();
      const written: number[] = [];
      const ahead: number[] = [];
      const sink = slowSink(highWaterMark, async (chunk) => {
        await settled();
        ahead.push(asked() - chunk);
        written.push(chunk);
      });
      await pipeline(Readable.from(toAsyncIterable(queue)), sink);
      expect(written).toEqual(Array.from({ length: 20 }, (_, number) => number));
      // Beside those, the Readable has read one.
      expect(Math.max(...ahead)).toBe(highWaterMark + 1);
    },
  );

  it('keeps what has not been read when the Writable fails, and the demand is withdrawn', async () => {
    const queue = new RecordedQueue<number>();
    queue.enqueue([0, 1, 2, 3, 4]);
    const full = new Error('no space left');
    const sink = slowSink(1, async (chunk) => {
      await settled();
      if (chunk === 1) throw full;
    });
    await expect(pipeline(Readable.from(toAsyncIterable(queue)), sink)).rejects.toBe(full);
    expect(queue.peek()).toEqual([3, 4]);
    expect(queue.demand).toBe(0);
  });

  it('withdraws its demand when the pipeline is aborted while nothing comes', async () => {
    const queue = new RecordedQueue<number>();
    const leaving = new AbortController();
    const sink = slowSink(1, turn);
    const piping = pipeline(Readable.from(toAsyncIterable(queue)), sink, { signal: leaving.signal });
    await settled();
    expect(queue.demand).toBe(1);
    leaving.abort();
    await expect(piping).rejects.toMatchObject({ name: 'AbortError' });
    expect(queue.demand).toBe(0);
    queue.next(1);
    expect(queue.peek()).toEqual([1]);
  });

  it('fails the pipeline when it errors', async () => {
    const queue = new RecordedQueue<number>();
    const boom = new Error('boom');
    const sink = slowSink(1, turn);
    const piping = pipeline(Readable.from(toAsyncIterable(queue)), sink);
    await settled();
    queue.error(boom);
    await expect(piping).rejects.toBe(boom);
    expect(sink.destroyed).toBe(true);
  });
});

describe('A Readable of objects', () => {
  /** Gives numbers for ever, and counts them. */
  function numbers(highWaterMark: number): { readonly source: Readable; readonly made: () => number } {
    let made = 0;
    const source = new Readable({ objectMode: true, highWaterMark, read: () => source.push(made++) });
    return { source, made: () => made };
  }

  it('is read no further than what was asked for, and what it reads ahead by itself', async () => {
    const { source, made } = numbers(4);
    const ahead: number[] = [];
    const work = async (number: number) => {
      await settled();
      ahead.push(made() - number);
    };
    await ended(fromAsyncIterable<number>(source).pipe(demandMap(work, { maxDemand: 3 }), take(20)));
    // Three in work, and four that it holds.
    expect(Math.max(...ahead)).toBe(3 + 4);
  });

  it('goes to a Writable in order, also if several writes are begun before the first has ended', async () => {
    const { source } = numbers(4);
    const written: number[] = [];
    const sink = slowSink(1, async (number) => {
      await turn();
      written.push(number);
    });
    const write = (number: number) =>
      new Promise<void>((resolve, reject) => {
        sink.write(number, (error) => (error ? reject(error) : resolve()));
      });
    await ended(fromAsyncIterable<number>(source).pipe(demandMap(write, { maxDemand: 4 }), take(10)));
    expect(written.slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('errors its consumer when it is destroyed with an error', async () => {
    const { source } = numbers(1);
    const boom = new Error('boom');
    const work = async (number: number) => {
      if (number === 3) source.destroy(boom);
      await turn();
    };
    await expect(ended(fromAsyncIterable<number>(source).pipe(demandMap(work)))).rejects.toBe(boom);
  });

  it('is closed at once when its consumer leaves while nothing comes', async () => {
    const idle = new PassThrough({ objectMode: true });
    const reading = fromAsyncIterable<number>(idle).pipe(consume()).subscribe();
    await settled();
    reading.unsubscribe();
    expect(idle.destroyed).toBe(true);
  });

  it('may go through a Transform before', async () => {
    const { source, made } = numbers(1);
    const double = new Transform({
      objectMode: true,
      highWaterMark: 1,
      transform: (number: number, _encoding, done) => done(null, number * 2),
    });
    const piping = pipeline(source, double).catch((error: unknown) => error);
    const doubled = fromAsyncIterable<number>(double).pipe(consume({ maxDemand: 1 }), take(3), toArray());
    await expect(lastValueFrom(doubled, { defaultValue: [] })).resolves.toEqual([0, 2, 4]);
    // Who leaves closes both.
    await expect(piping).resolves.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    expect(source.destroyed).toBe(true);
    expect(made()).toBeLessThan(10);
  });
});
