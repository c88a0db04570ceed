import * as fc from 'fast-check';
import { Subject, type ObservableInput } from 'rxjs';
import { inputs } from '../support/inputs.ts';
import { plans, play } from '../support/randomScenario.ts';
import { ours, runTrial, theirs, type Flatten } from '../support/sideBySide.ts';

const microtask = (): Promise<void> => Promise.resolve();

/** Jobs that wait for nothing, or for microtasks only; a job's results may add others. */
const microtaskPlans = fc.record({
  concurrent: fc.constantFrom(1, 2, 3, 4, Infinity),
  jobs: fc.array(
    fc.record({
      input: fc.constantFrom(...inputs),
      results: fc.integer({ min: 1, max: 3 }),
      rejects: fc.nat({ max: 15 }).map((n) => n === 15),
      adds: fc.nat({ max: 1 }),
    }),
    { minLength: 1, maxLength: 10 },
  ),
  gaps: fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 10 }),
  unsubscribesAfter: fc.nat({ max: 60 }),
});

type MicrotaskPlan = typeof microtaskPlans extends fc.Arbitrary<infer P> ? P : never;

/** What happens in which microtask. */
async function playInMicrotasks(flatten: Flatten, plan: MicrotaskPlan): Promise<string[]> {
  const notes: string[] = [];
  let tick = 0;
  const note = (what: string): void => {
    notes.push(`${tick}: ${what}`);
  };
  const source = new Subject<number>();
  let emitted = 0;
  const emit = (): void => {
    if (emitted < plan.jobs.length) source.next(emitted++);
  };
  const project = (id: number, index: number): ObservableInput<string> => {
    note(`project ${id} as ${index}`);
    const { input, results, rejects } = plan.jobs[id]!;
    if (rejects) return Promise.reject(new Error(`of ${id}`));
    const [, make] = input;
    return make(Array.from({ length: results }, (_, nth) => `${id}.${nth}`));
  };
  const subscription = source.pipe(flatten(project, plan.concurrent)).subscribe({
    next: (value) => {
      note(`next ${value}`);
      if (plan.jobs[parseInt(value)]!.adds === 1) emit();
    },
    error: (error: unknown) => note(`error ${String(error)}`),
    complete: () => note('complete'),
  });
  const turns = plan.gaps.flatMap((gap) => [...new Array<boolean>(gap).fill(false), true]);
  for (; tick < 100; tick++) {
    if (turns[tick]) emit();
    if (tick === turns.length) source.complete();
    if (tick === plan.unsubscribesAfter) subscription.unsubscribe();
    await microtask();
  }
  // What is left over must not meet the next run.
  await new Promise((resolve) => setImmediate(resolve));
  return notes;
}

describe('demandMap beside mergeMap, at random', () => {
  it('gives the same values, errors, subscriptions and teardowns, in the same order and frames', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const [atTheirs, atOurs] = [theirs, ours()].map((flatten) => {
          const atOnce: string[] = [];
          const { notes } = runTrial(flatten, (trial) => play(plan, trial, atOnce));
          return { notes, atOnce: atOnce.sort() };
        });
        expect(atOurs).toEqual(atTheirs);
      }),
      { numRuns: Number(process.env['RUNS'] ?? 3000) },
    );
  });

  it('takes no microtask more or less', async () => {
    // Without a pause: when it comes is chance.
    const operator = ours({ yieldAfterMs: Infinity });
    await fc.assert(
      fc.asyncProperty(microtaskPlans, async (plan) => {
        const atTheirs = await playInMicrotasks(theirs, plan);
        expect(await playInMicrotasks(operator, plan)).toEqual(atTheirs);
      }),
      { numRuns: Number(process.env['RUNS'] ?? 500) },
    );
  });
});
