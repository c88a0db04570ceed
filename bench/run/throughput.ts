import type { OpenPool, Pool } from '../pools/Pool.ts';
import { checkSum } from './checkSum.ts';

/** How the jobs come: each job pushes one more until all are there, or all come first. */
export interface Load {
  readonly workers: number;
  readonly total: number;
  /** Pushed before the first job gets its turn. */
  readonly queued: number;
  /** Those come in one call. */
  readonly bulk?: boolean;
}

/** The jobs a second that a fresh pool does, from the first push to the last job. */
export async function throughput(open: OpenPool, load: Load): Promise<number> {
  const { workers, total, queued, bulk = false } = load;
  const first = bulk ? Array.from({ length: queued }, (_, x) => x) : [];
  let pushed = 0;
  let done = 0;
  let sum = 0;
  let results = 0;
  let finish!: (now: number) => void;
  const finished = new Promise<number>((resolve) => {
    finish = resolve;
  });
  const job = async (x: number) => {
    sum += x;
    if (pushed < total) pool.push(pushed++);
    if (++done === total) finish(performance.now());
  };
  const pool: Pool = await open(workers, job, () => {
    results++;
  });

  const start = performance.now();
  if (bulk) {
    pushed = queued;
    pool.pushAll!(first);
  } else {
    while (pushed < queued) pool.push(pushed++);
  }
  const end = await finished;

  await checkSum(sum, total, () => results);
  return total / ((end - start) / 1000);
}
