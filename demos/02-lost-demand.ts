/*
 * Demo 2: ten jobs, two idle workers, and still nothing happens.
 *
 *     npx ts-node demos/02-lost-demand.ts
 *
 * The queue is a naive one, written here. It answers demand from what it has just then: nothing, as the workers ask
 * before the jobs come. A worker asks once and waits for its job; it does not ask again. So the demand is lost.
 */
import { Subscription, filter, map, timer, type Observable, type UnaryFunction } from 'rxjs';
import { demandMap, type Producer } from 'rxjs-genstage';
import { realTime, stopwatch, type Demo } from './support/demo.ts';

/** Answers demand from the jobs it has, and forgets the rest of the demand. Do not do this. */
export class NaiveQueue implements Producer<number> {
  readonly jobs: number[] = [];
  readonly #say: Demo['log'];

  constructor(say: Demo['log']) {
    this.#say = say;
  }

  enqueue(first: number, last: number): void {
    for (let job = first; job <= last; job++) this.jobs.push(job);
    this.#say(`enqueued: [${first}..${last}]`);
  }

  // Demand is an Observable, events are another one: this is all that a producer is.
  events(demand: Observable<number>): Observable<readonly number[]> {
    return demand.pipe(
      map((count) => {
        this.#say(`handling demand: ${count}, queue: [${this.jobs.join(', ')}]`);
        return this.jobs.splice(0, count); // Fewer than asked for? Nobody will remember.
      }),
      filter((jobs) => jobs.length > 0),
    );
  }

  readonly pipe = ((...stages: UnaryFunction<unknown, unknown>[]) =>
    stages.reduce<unknown>((source, stage) => stage(source), this)) as Producer<number>['pipe'];
}

export function main({ scheduler, log }: Demo): Subscription {
  const running = new Subscription();
  const say = stopwatch({ scheduler, log });

  say('starting the queue');
  const queue = new NaiveQueue(say);

  for (const id of [0, 1]) {
    const syncUser = (user: number) => {
      say(`worker ${id}: processing ${user}`);
      return timer(1000, scheduler);
    };
    say(`starting worker ${id}`);
    running.add(queue.pipe(demandMap(syncUser, { maxDemand: 1 })).subscribe());
  }

  queue.enqueue(1, 10);

  running.add(
    timer(3000, scheduler).subscribe(() => {
      log('\nSeen: demand was handled, then jobs were enqueued, and in three seconds no worker has got one.');
      log('Next: are the jobs in the queue at all? npx ts-node demos/03-peek.ts');
      running.unsubscribe();
    }),
  );
  return running;
}

if (require.main === module) main(realTime);
