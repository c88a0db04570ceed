/*
 * Demo 3: a look into the queue of demo 2.
 *
 *     npx ts-node demos/03-peek.ts
 *
 * The queue is full and the workers are idle. A third worker, which comes after the jobs, asks and is served, and goes
 * on being served, for it asks after each job: the jobs are fine. What the first two asked for has been forgotten.
 */
import { Subscription, timer } from 'rxjs';
import { demandMap } from 'rxjs-genstage';
import { NaiveQueue } from './02-lost-demand.ts';
import { realTime, stopwatch, type Demo } from './support/demo.ts';

export function main({ scheduler, log }: Demo): Subscription {
  const running = new Subscription();
  const say = stopwatch({ scheduler, log });

  say('starting the queue');
  const queue = new NaiveQueue(say);
  const idle = new Set<string>();

  const peek = () => {
    say(`peek: queue: [${queue.jobs.join(', ')}], idle: ${[...idle].join(', ')}`);
  };

  const startWorker = (id: number) => {
    const worker = `worker ${id}`;
    const syncUser = (user: number) => {
      idle.delete(worker);
      say(`${worker}: processing ${user}`);
      return timer(1000, scheduler);
    };
    say(`starting ${worker}`);
    idle.add(worker);
    running.add(queue.pipe(demandMap(syncUser, { maxDemand: 1 })).subscribe(() => idle.add(worker)));
  };

  startWorker(0);
  startWorker(1);
  queue.enqueue(1, 10);
  peek();

  const at = (ms: number, step: () => void) => running.add(timer(ms, scheduler).subscribe(step));
  at(1500, peek);
  at(2000, () => startWorker(2));
  at(4500, peek);
  at(4500, () => {
    log('\nSeen: jobs wait, and so do worker 0 and worker 1. The queue has forgotten that these two asked.');
    log('Next: a queue that remembers. npm run demo');
    running.unsubscribe();
  });
  return running;
}

if (require.main === module) main(realTime);
