import { queue as asyncQueueOf } from 'async';
import fastqOf from 'fastq';
import { Subject, mergeMap as mergeMapOf } from 'rxjs';
import type { OpenPool } from './Pool.ts';

/** RxJS's own. */
export const mergeMap: OpenPool = (workers, job, onResult) => {
  const source = new Subject<number>();
  source.pipe(mergeMapOf(job, workers)).subscribe(onResult);
  return { push: (x) => source.next(x) };
};

/** fastq's callback API, its fast one, around a job that returns a promise. */
export const fastq: OpenPool = (workers, job, onResult) => {
  const queue = fastqOf<unknown, number>((x, done) => {
    job(x).then(() => done(null), done);
  }, workers);
  return { push: (x) => queue.push(x, onResult) };
};

export const fastqPromise: OpenPool = (workers, job) => {
  const queue = fastqOf.promise<unknown, number>(job, workers);
  return { push: (x) => void queue.push(x) };
};

export const pQueue: OpenPool = async (workers, job) => {
  const { default: PQueue } = await import('p-queue');
  const queue = new PQueue({ concurrency: workers });
  return {
    push: (x) => void queue.add(() => job(x)),
    pushAll: (xs) => void queue.addAll(xs.map((x) => () => job(x))),
  };
};

export const pLimit: OpenPool = async (workers, job) => {
  const { default: pLimitOf } = await import('p-limit');
  const limit = pLimitOf(workers);
  return {
    push: (x) => void limit(job, x),
    pushAll: (xs) => void limit.map(xs, job),
  };
};

/** With a callback, without which it makes a promise for each push. */
export const asyncQueue: OpenPool = (workers, job, onResult) => {
  // It takes an async function too, which its types do not know.
  const worker: (x: number) => unknown = job;
  const queue = asyncQueueOf<number>(worker, workers);
  return {
    push: (x) => queue.push(x, onResult),
    pushAll: (xs) => queue.push([...xs], onResult),
  };
};

/** Effect has no pool: fibers that take from a queue for ever. */
export const effect: OpenPool = async (workers, job) => {
  const [Effect, Queue] = await Promise.all([import('effect/Effect'), import('effect/Queue')]);
  const queue = Effect.runSync(Queue.unbounded<number>());
  const work = Effect.forever(Effect.flatMap(Queue.take(queue), (x) => Effect.promise(() => job(x))));
  for (let started = 0; started < workers; started++) Effect.runFork(work);
  return {
    push: (x) => void Queue.offerUnsafe(queue, x),
    pushAll: (xs) => void Queue.offerAllUnsafe(queue, xs),
  };
};
