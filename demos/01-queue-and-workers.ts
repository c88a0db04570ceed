/*
 * Demo 1: a queue and two workers, and nothing to do.
 *
 *     npx ts-node demos/01-queue-and-workers.ts
 *
 * Each worker asks the queue for one job as soon as it is there. You see the demand arrive at the queue. Nobody
 * enqueues anything, so nothing else happens.
 */
import { Subscription, interval, take, timer } from 'rxjs';
import { DemandQueue, demandMap } from 'rxjs-genstage';
import { realTime, stopwatch, type Demo } from './support/demo.ts';

export function main({ scheduler, log }: Demo): Subscription {
  const running = new Subscription();
  const say = stopwatch({ scheduler, log });

  say('starting the queue');
  const queue = new DemandQueue<number>();

  for (const id of [0, 1]) {
    const syncUser = (user: number) => {
      say(`worker ${id}: processing ${user}`);
      return timer(1000, scheduler);
    };
    say(`starting worker ${id}`);
    running.add(queue.pipe(demandMap(syncUser, { maxDemand: 1 })).subscribe());
    say(`queue: [], demand: ${queue.demand}`);
  }

  const looks = interval(1000, scheduler).pipe(take(3));
  running.add(
    looks.subscribe({
      next: () => void say(`queue: [${queue.peek().join(', ')}], demand: ${queue.demand}`),
      complete: () => {
        log('\nSeen: both workers have asked, and the queue has nothing for them. It keeps their demand.');
        log('Next: jobs! But in a queue that does not keep demand. npx ts-node demos/02-lost-demand.ts');
        running.unsubscribe();
      },
    }),
  );
  return running;
}

if (require.main === module) main(realTime);
