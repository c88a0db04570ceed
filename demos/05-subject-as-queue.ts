/*
 * Demo 5: a Subject as the queue, and demandMap in the place of mergeMap.
 *
 *     npx ts-node demos/05-subject-as-queue.ts
 *
 * One user comes each second, a sync takes 4.3 seconds, three run at a time. Three pools get the same users:
 *
 *     A  subject.pipe(mergeMap(syncUser, 3))
 *     B  subject.pipe(demandMap(syncUser, { maxDemand: 3 }))
 *     C  subject.subscribe(queue), and queue.pipe(demandMap(syncUser, { maxDemand: 3 }))
 *
 * You see who is being synced in each, and who waits, as far as that can be seen. A and B run alike, until all pools
 * are stopped, say for a new release, and started again a second later.
 */
import { Subject, Subscription, finalize, mergeMap, take, tap, timer, type Observable } from 'rxjs';
import { DemandQueue, demandMap } from 'rxjs-genstage';
import { realTime, stopwatch, type Demo } from './support/demo.ts';

export function main({ scheduler, log }: Demo): Subscription {
  const running = new Subscription();
  const say = stopwatch({ scheduler, log });

  const subject = new Subject<number>();
  const queue = new DemandQueue<number>();
  running.add(subject.subscribe(queue));

  const a = new Pool((syncUser) => subject.pipe(mergeMap(syncUser, 3)), scheduler);
  const b = new Pool((syncUser) => subject.pipe(demandMap(syncUser, { maxDemand: 3 })), scheduler);
  const c = new Pool((syncUser) => queue.pipe(demandMap(syncUser, { maxDemand: 3 })), scheduler);
  const pools = [a, b, c];
  const start = () => pools.forEach((pool) => pool.start());
  const stop = () => pools.forEach((pool) => pool.stop());
  running.add(stop);

  const row = (what: string) => {
    const [inA, inB, inC] = pools.map((pool) => list(pool.syncing).padEnd(8));
    say(`${what.padEnd(8)}  A: ${inA}  B: ${inB}  C: ${inC}  waits: ${list(queue.peek())}`);
  };

  start();
  const seconds = timer(0, 1000, scheduler).pipe(take(16));
  running.add(
    seconds.subscribe({
      next: (second) => {
        if (second < 10) subject.next(second + 1);
        row(second < 10 ? `user ${second + 1}` : '');
        if (second === 9) {
          stop();
          row('stopped');
        } else if (second === 10) {
          start();
          row('started');
        }
      },
      complete: () => {
        log('');
        log(`A  mergeMap, Subject       done: ${list(a.done).padEnd(15)}  cut short: ${list(a.cutShort)}`);
        log(`B  demandMap, Subject      done: ${list(b.done).padEnd(15)}  cut short: ${list(b.cutShort)}`);
        log(`C  demandMap, DemandQueue  done: ${list(c.done).padEnd(15)}  cut short: ${list(c.cutShort)}`);
        log(
          '\nSeen: B does what A does. Both lose those who waited when the pool was stopped: a Subject hears no',
        );
        log(
          'demand, so they wait inside the operator and go with it. In C they wait in the queue: one can see',
        );
        log('them, and whoever asks next gets them. A sync that is cut short is lost in all three.');
        running.unsubscribe();
      },
    }),
  );
  return running;
}

/** A pool that can be stopped and started again, and tells what became of its users. */
class Pool {
  readonly syncing = new Set<number>();
  readonly done: number[] = [];
  readonly cutShort: number[] = [];
  readonly #pool: Observable<unknown>;
  #subscription: Subscription | undefined;

  constructor(
    poolOf: (syncUser: (user: number) => Observable<unknown>) => Observable<unknown>,
    scheduler: Demo['scheduler'],
  ) {
    this.#pool = poolOf((user) => {
      this.syncing.add(user);
      return timer(4300, scheduler).pipe(
        tap(() => this.done.push(user)),
        finalize(() => this.syncing.delete(user)),
      );
    });
  }

  start(): void {
    this.#subscription = this.#pool.subscribe();
  }

  stop(): void {
    this.cutShort.push(...this.syncing);
    this.#subscription?.unsubscribe();
  }
}

const list = (users: Iterable<number>) => [...users].join(' ') || '-';

if (require.main === module) main(realTime);
