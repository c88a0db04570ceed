import type { OpenPool, Pool } from '../pools/Pool.ts';
import { checkSum } from './checkSum.ts';

/** A pool whose workers are all blocked, and the jobs that wait behind them. */
export class Backlog {
  readonly size: number;
  readonly #pool: Pool;
  readonly #release: () => void;
  readonly #drained: Promise<number>;

  private constructor(size: number, pool: Pool, release: () => void, drained: Promise<number>) {
    this.size = size;
    this.#pool = pool;
    this.#release = release;
    this.#drained = drained;
  }

  /** A fresh pool for so many jobs; none is there yet. */
  static async open(open: OpenPool, workers: number, size: number): Promise<Backlog> {
    let done = 0;
    let sum = 0;
    let results = 0;
    let blocked = true;
    let release!: () => void;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let finish!: (now: number) => void;
    const finished = new Promise<number>((resolve) => {
      finish = resolve;
    });
    const job = async (x: number) => {
      if (blocked) await gate;
      sum += x;
      if (++done === size) finish(performance.now());
    };
    const pool = await open(workers, job, () => {
      results++;
    });
    return new Backlog(
      size,
      pool,
      () => {
        blocked = false;
        release();
      },
      finished.then(async (end) => {
        await checkSum(sum, size, () => results);
        return end;
      }),
    );
  }

  /** Pushes all jobs; returns the ms it took. */
  fill(): number {
    const pool = this.#pool;
    const start = performance.now();
    for (let x = 0; x < this.size; x++) pool.push(x);
    return performance.now() - start;
  }

  /** Pushes all jobs with a look at the clock for each; returns the ms that the longest push took. */
  fillWatched(): number {
    const pool = this.#pool;
    let longest = 0;
    let before = performance.now();
    for (let x = 0; x < this.size; x++) {
      pool.push(x);
      const now = performance.now();
      if (now - before > longest) longest = now - before;
      before = now;
    }
    return longest;
  }

  /** Unblocks the workers; returns the ms that it takes until the last job is done. */
  async drain(): Promise<number> {
    const start = performance.now();
    this.#release();
    return (await this.#drained) - start;
  }
}
