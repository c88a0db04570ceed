import type { Benchmark } from '../Benchmark.ts';
import { broadcast } from './broadcast.ts';
import { burst } from './burst.ts';
import { flat } from './flat.ts';
import { idle } from './idle.ts';
import { loop } from './loop.ts';
import { memory } from './memory.ts';
import { partition } from './partition.ts';
import { pool } from './pool.ts';
import { stages } from './stages.ts';

/** All benchmarks, in the order that they run in. */
export const benchmarks: readonly Benchmark[] = [
  pool,
  burst,
  memory,
  flat,
  idle,
  loop,
  stages,
  broadcast,
  partition,
];
