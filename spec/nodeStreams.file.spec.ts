import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  type ReadStream,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lastValueFrom, take, type Observable } from 'rxjs';
import { consume, fromAsyncIterable, handleEvents, stage } from 'rxjs-genstage';

const MB = 1024 * 1024;
/** What a file stream reads at a time, and holds. */
const BLOCK = 64 * 1024;
const BLOCKS = 4800;
const SIZE = BLOCKS * BLOCK;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is held, garbage aside. */
function memoryHeld(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Makes a sparse file of 300 MB in which each block begins with its number; returns the hash of all of it. */
function makeFile(path: string): string {
  const hash = createHash('sha1');
  const block = Buffer.alloc(BLOCK);
  const file = openSync(path, 'w');
  ftruncateSync(file, SIZE);
  for (let number = 0; number < BLOCKS; number++) {
    block.writeUInt32BE(number);
    writeSync(file, block, 0, 4, number * BLOCK);
    hash.update(block);
  }
  closeSync(file);
  return hash.digest('hex');
}

/** Resolves once `sink` has done with the chunk, rejects if it fails. */
const write = (sink: Writable, chunk: Buffer | undefined) =>
  new Promise<void>((resolve, reject) => {
    sink.write(chunk, (error) => (error ? reject(error) : resolve()));
  });

/** Resolves when the Observable completes. */
const ended = (line: Observable<unknown>) => lastValueFrom(line, { defaultValue: undefined });

/** Resolves when the file is closed. */
const closed = (file: ReadStream) => new Promise<void>((resolve) => file.once('close', resolve));

describe('A file of 300 MB', () => {
  const folder = mkdtempSync(join(tmpdir(), 'node-streams-'));
  const path = join(folder, 'large');
  let expectedHash: string;

  beforeAll(() => {
    expectedHash = makeFile(path);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** Resolves when each read of a file that could have begun by now has ended: they are done in line with these. */
  const readsAreDone = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) await stat(path);
  };

  describe('that goes through a stage into a slow Writable', () => {
    const hash = createHash('sha1');
    let size = 0;
    let memory = 0;

    beforeAll(async () => {
      let chunks = 0;
      const sink = new Writable({
        write(chunk: Buffer, _encoding, done) {
          size += chunk.length;
          hash.update(chunk);
          if (++chunks % 200 === 0) memory = Math.max(memory, memoryHeld());
          // Slower than the file can be read.
          void readsAreDone(3).then(() => done());
        },
      });
      const before = memoryHeld();
      const chunksOf = fromAsyncIterable<Buffer>(createReadStream(path)).pipe(stage((chunk) => [chunk]));
      await ended(chunksOf.pipe(handleEvents(([chunk]) => write(sink, chunk), { maxDemand: 1 })));
      memory -= before;
    }, 60_000);

    it('arrives whole and in order', () => {
      expect(size).toBe(SIZE);
      expect(hash.digest('hex')).toBe(expectedHash);
    });

    it('takes no more memory than a few chunks', () => {
      expect(memory).toBeLessThan(32 * MB);
    });
  });

  it('is read no further than what was asked for, and what the stream reads ahead by itself', async () => {
    const file = createReadStream(path);
    const ahead: number[] = [];
    let written = 0;
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        void readsAreDone(50).then(() => {
          ahead.push((file.bytesRead - written) / BLOCK);
          written += chunk.length;
          done();
        });
      },
    });
    const chunksOf = fromAsyncIterable<Buffer>(file).pipe(stage((chunk) => [chunk]));
    const writing = chunksOf.pipe(
      handleEvents(([chunk]) => write(sink, chunk), { maxDemand: 1 }),
      take(20),
    );
    await ended(writing);
    // The chunk that is being written, the one that the stage has ready for it, and the one that the stream holds.
    expect(Math.max(...ahead)).toBe(3);
  });

  it('is closed when its consumer leaves early', async () => {
    const file = createReadStream(path);
    const chunks: Buffer[] = [];
    fromAsyncIterable<Buffer>(file)
      .pipe(consume({ maxDemand: 1 }), take(2))
      .subscribe((chunk) => chunks.push(chunk));
    await closed(file);
    expect(chunks.map((chunk) => chunk.readUInt32BE())).toEqual([0, 1]);
    expect(file.bytesRead).toBeLessThanOrEqual(4 * BLOCK);
  });

  it('is closed when its consumer is unsubscribed from while a chunk is being written', async () => {
    const file = createReadStream(path);
    const sink = new Writable({ write: () => leave() });
    const writing = fromAsyncIterable<Buffer>(file)
      .pipe(handleEvents(([chunk]) => write(sink, chunk), { maxDemand: 1 }))
      .subscribe();
    const leave = () => writing.unsubscribe();
    await closed(file);
    expect(file.bytesRead).toBeLessThan(SIZE);
  });

  it('is closed when the Writable fails, and the consumer errors with what it failed with', async () => {
    const file = createReadStream(path);
    const full = new Error('no space left');
    const sink = new Writable({ write: (_chunk, _encoding, done) => setImmediate(done, full) });
    // The failed write tells of it, too.
    sink.on('error', () => undefined);
    const writing = fromAsyncIterable<Buffer>(file).pipe(
      stage((chunk) => [chunk]),
      handleEvents(([chunk]) => write(sink, chunk), { maxDemand: 1 }),
    );
    const isClosed = closed(file);
    await expect(ended(writing)).rejects.toBe(full);
    await isClosed;
    expect(file.bytesRead).toBeLessThan(SIZE);
  });

  it('that does not exist errors its consumer', async () => {
    const missing = fromAsyncIterable<Buffer>(createReadStream(join(folder, 'missing')));
    await expect(ended(missing.pipe(consume()))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
