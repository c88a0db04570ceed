import type { OpenPool } from './Pool.ts';
import { Ring } from './Ring.ts';

/** What one would write by hand: a ring buffer and N async loops. The jobs' results are lost, and so are errors. */
export const hand: OpenPool = (workers, job) => {
  const queue = new Ring();
  let idle = workers;
  async function work(): Promise<void> {
    while (queue.length > 0) await job(queue.shift());
    idle++;
  }
  function push(x: number): void {
    queue.push(x);
    if (idle > 0) {
      idle--;
      void work();
    }
  }
  return {
    push,
    pushAll: (xs) => {
      for (let at = 0; at < xs.length; at++) push(xs[at]!);
    },
  };
};

/** The same, with each result handed to a callback. */
export const handWithResults: OpenPool = (workers, job, onResult: (result: void) => void) => {
  const queue = new Ring();
  let idle = workers;
  async function work(): Promise<void> {
    while (queue.length > 0) onResult(await job(queue.shift()));
    idle++;
  }
  function push(x: number): void {
    queue.push(x);
    if (idle > 0) {
      idle--;
      void work();
    }
  }
  return {
    push,
    pushAll: (xs) => {
      for (let at = 0; at < xs.length; at++) push(xs[at]!);
    },
  };
};
