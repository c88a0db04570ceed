import * as fc from 'fast-check';
import { Subject, takeUntil } from 'rxjs';
import { DemandQueue, demandMap, keySerial } from '../../src/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';

interface Job {
  readonly key: number;
  readonly number: number;
}

interface Pool {
  readonly jobs: ManualJobs<Job>;
  readonly stop: Subject<void>;
  open: boolean;
}

const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('enqueue'), n: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('offer'), n: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 12, arbitrary: fc.record({ type: fc.constant('finish'), n: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('start'), n: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('stop'), n: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('fail'), n: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('clear'), n: fc.nat(0) }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('enqueueInside'), n: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('stopInside'), n: fc.nat(5) }) },
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

/** A queue with a dispatcher of few keys, and pools on it. */
class World {
  readonly queue: DemandQueue<Job>;
  readonly pools: Pool[] = [];
  readonly accepted: Job[] = [];
  readonly begun: Job[] = [];
  readonly gone: Job[] = [];
  /** To be done as the next job begins. */
  inside: (() => void)[] = [];
  #next = 0;

  constructor(
    bufferSize: number,
    bufferKeep: 'first' | 'last',
    readonly keys: readonly number[],
  ) {
    this.queue = new DemandQueue({
      bufferSize,
      bufferKeep,
      dispatcher: keySerial({ key: ({ key }) => key }),
    });
    this.queue.discarded.subscribe((jobs) => this.gone.push(...jobs));
  }

  get running(): readonly Job[] {
    return this.pools.flatMap(({ jobs, open }) => (open ? jobs.running : []));
  }

  do({ type, n }: Action): void {
    if (type === 'enqueue') this.queue.enqueue(this.#newJobs(n));
    else if (type === 'offer') this.#offer(n);
    else if (type === 'start') this.#start(n);
    else if (type === 'clear') this.gone.push(...this.queue.clear());
    else if (type === 'enqueueInside') this.inside.push(() => this.queue.enqueue(this.#newJobs(n)));
    else if (type === 'stop') this.#stop(n);
    else if (type === 'stopInside') this.inside.push(() => this.#stop(n));
    else this.#end(type, n);
  }

  #newJobs(count: number): Job[] {
    const jobs = Array.from({ length: count }, () => {
      const number = this.#next++;
      return { number, key: this.keys[number % this.keys.length]! };
    });
    this.accepted.push(...jobs);
    return jobs;
  }

  #offer(count: number): void {
    const { gone, inside } = this;
    const [before, alone] = [gone.length, inside.length === 0];
    const { refused } = this.queue.offer(this.#newJobs(count));
    // What a job enqueues meanwhile may drop others.
    expect(alone ? gone : gone.slice(0, before)).toHaveLength(before);
    for (const job of refused) this.accepted.splice(this.accepted.indexOf(job), 1);
  }

  #start(maxDemand: number): void {
    const pool: Pool = { jobs: new ManualJobs<Job>(), stop: new Subject(), open: true };
    this.pools.push(pool);
    const close = () => {
      pool.open = false;
    };
    const work = (job: Job, context: Parameters<typeof pool.jobs.project>[1]) => {
      this.begun.push(job);
      const result = pool.jobs.project(job, context);
      this.inside.shift()?.();
      return result;
    };
    this.queue
      .pipe(demandMap(work, { maxDemand }), takeUntil(pool.stop))
      .subscribe({ error: close, complete: close });
  }

  #stop(who: number): void {
    this.#open[who % Math.max(this.#open.length, 1)]?.stop.next();
  }

  #end(type: string, who: number): void {
    const running = this.#open.flatMap(({ jobs }) => jobs.running.map((job) => ({ jobs, job })));
    const one = running[who % Math.max(running.length, 1)];
    if (type === 'fail') one?.jobs.fail(one.job, new Error('job'));
    else one?.jobs.finish(one.job);
  }

  get #open(): readonly Pool[] {
    return this.pools.filter(({ open }) => open);
  }
}

const byNumber = (a: Job, b: Job) => a.number - b.number;
const actions = fc.array(action, { maxLength: 60 });
const keys = fc.array(fc.nat(3), { minLength: 1, maxLength: 7 });
const keep = fc.constantFrom('first' as const, 'last' as const);

describe('keySerial in a DemandQueue with pools, whatever is done', () => {
  it('never begins a job while another of its key runs, and begins those of a key in order', () => {
    fc.assert(
      fc.property(actions, keys, (actions, keys) => {
        const world = new World(Infinity, 'last', keys);
        for (const action of actions) {
          world.do(action);
          const { running } = world;
          expect(new Set(running.map(({ key }) => key)).size).toBe(running.length);
        }
        for (const key of new Set(keys)) {
          const ofKey = world.begun.filter((job) => job.key === key);
          expect(ofKey).toEqual([...ofKey].sort(byNumber));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('lets no event wait that could be done, and those of a key in order', () => {
    fc.assert(
      fc.property(actions, keys, (actions, keys) => {
        const world = new World(Infinity, 'last', keys);
        for (const action of actions) {
          world.do(action);
          const busy = new Set(world.running.map(({ key }) => key));
          const free = world.queue.peek().filter(({ key }) => !busy.has(key));
          expect(free.length > 0 && world.queue.demand > 0).toBe(false);
          for (const key of new Set(keys)) {
            const waiting = world.queue.peek().filter((job) => job.key === key);
            expect(waiting).toEqual([...waiting].sort(byNumber));
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('neither loses nor doubles an event, and keeps no more than its buffer holds', () => {
    fc.assert(
      fc.property(actions, keys, fc.nat(6), keep, (actions, keys, bufferSize, bufferKeep) => {
        const world = new World(bufferSize, bufferKeep, keys);
        let returned = false;
        for (const action of actions) {
          world.do(action);
          returned ||= action.type === 'stopInside' || action.type === 'fail';
          const whereabouts = [...world.begun, ...world.queue.peek(), ...world.gone];
          expect(whereabouts.sort(byNumber)).toEqual(world.accepted);
          // What comes back is welcome in a full queue, too.
          expect(returned || world.queue.size <= bufferSize).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });
});
