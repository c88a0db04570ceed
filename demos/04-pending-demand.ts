/*
 * Demo 4: demand that cannot be served yet is kept. Now the jobs get done.
 *
 *     npm run demo                                          every 10 seconds 11 jobs, of one second each; Ctrl-C ends it
 *     npm run demo -- --every 1000 --workers 3 --batches 5  the same at another pace, and it ends by itself
 *     seq 1 1000000 | npm run demo -- --from -              job ids from a stream, read no faster than they get done
 *     npm run demo -- --help                                all options
 *
 * Each line tells the time, who does which job, how many jobs wait in the queue and how much demand waits for jobs.
 * When the workers have done all there is, their demand is kept; when the next batch comes, it is served at once.
 * Next: demos/05-subject-as-queue.ts, the same with a Subject in front, beside mergeMap.
 */
import { NEVER, Subject, Subscription, delay, filter, firstValueFrom, from, take, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { DemandQueue, demandMap, type JobContext } from 'rxjs-genstage';
import { runFromCommandLine } from './support/commandLine.ts';
import { stopwatch, type Demo } from './support/demo.ts';

/** So many job ids from a stream may wait in the queue. */
const ROOM = 1000;

export interface Settings extends Demo {
  /** A batch comes every so many ms. */
  readonly every?: number;
  /** A job takes so many ms. */
  readonly work?: number;
  readonly workers?: number;
  /** The demo ends when so many batches are done. */
  readonly batches?: number;
  /** Where job ids come from instead, some at a time. The demo ends when all are done. */
  readonly ids?: AsyncIterable<readonly string[]> | undefined;
  /** When this emits, no more jobs are begun. Those that run are finished, then the demo ends. */
  readonly stop?: Observable<unknown>;
}

export function main(settings: Settings): Subscription {
  const { scheduler, log, every = 10_000, ids, stop = NEVER, batches = Infinity, workers = 2 } = settings;
  const { work = ids ? 0 : every / 10 } = settings;
  const running = new Subscription();
  const print = stopwatch({ scheduler, log });
  let enqueued = 0;
  let done = 0;
  let waiting = 0;

  const queue = new DemandQueue<string>({ bufferSize: ids ? ROOM : Infinity });

  const say = (who: string, what: string) => {
    const [size, demand] = [queue.size, queue.demand].map((count) => String(count).padStart(4));
    return print(`${who.padEnd(9)} ${what.padEnd(12)} queue ${size}  demand ${demand}`);
  };

  const syncUser = (id: string, { worker }: JobContext) => {
    const printed = say(`worker ${worker}`, `job ${id}`);
    return work > 0 ? timer(work, scheduler) : printed;
  };

  // The pool. Whenever a worker is free, it asks the queue for one job.
  const finished = new Subject<void>();
  running.add(
    queue.pipe(demandMap(syncUser, { maxDemand: workers, scheduler })).subscribe({
      next: () => {
        done++;
        finished.next();
      },
      complete: () => {
        log(`\n${enqueued} jobs enqueued, ${done} done, ${waiting} still waiting.`);
        running.unsubscribe();
      },
    }),
  );
  running.add(() => {
    queue.complete();
    finished.complete();
  });

  function enqueueBatches(): Subscription {
    // A worker that finds no job: its demand is kept. It asks just after it has finished, so look one tick later.
    const kept = finished.pipe(
      filter(() => queue.size === 0),
      delay(0, scheduler),
      filter(() => queue.demand > 0),
    );
    running.add(kept.subscribe(() => void say('demand', 'kept')));

    return timer(0, every, scheduler)
      .pipe(take(batches))
      .subscribe({
        next: (index) => {
          const first = (index + 1) * 10;
          const batch = Array.from({ length: 11 }, (_, i) => String(first + i));
          say('enqueue', `${first}..${first + 10}`);
          enqueued += batch.length;
          queue.enqueue(batch);
        },
        complete: () => queue.complete(),
      });
  }

  // Back-pressure: what the queue refuses waits here, and meanwhile nothing more is read.
  async function readInto(source: AsyncIterable<readonly string[]>): Promise<void> {
    const room = finished.pipe(filter(() => queue.size <= ROOM / 2));
    for await (const batch of source) {
      let rest = batch;
      while (rest.length > 0) {
        const { accepted, refused } = queue.offer(rest);
        enqueued += accepted.length;
        rest = refused;
        if (rest.length > 0) await firstValueFrom(room, { defaultValue: undefined });
        if (queue.closed) return;
      }
    }
  }

  const feed = ids
    ? from(readInto(ids)).subscribe({
        error: (error: unknown) => queue.error(error),
        complete: () => queue.complete(),
      })
    : enqueueBatches();
  running.add(feed);

  running.add(
    stop.pipe(take(1)).subscribe(() => {
      log('\nStopping: the jobs that run are finished. Ctrl-C again kills.');
      feed.unsubscribe();
      waiting = queue.clear().length;
      queue.complete();
    }),
  );
  return running;
}

if (require.main === module) runFromCommandLine(main);
