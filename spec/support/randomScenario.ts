import * as fc from 'fast-check';
import { Observable, Subject, Subscription } from 'rxjs';
import type { Trial } from './sideBySide.ts';

/** What happens to the source or the result, from outside or from within a job. */
export type Act = 'next' | 'complete' | 'error' | 'unsubscribe';

/** Where a job does something to the pool that runs it. */
export type Place = 'project' | 'subscribe' | 'value' | 'teardown';

export interface JobPlan {
  /** Frames from the subscription to each value; 0 is at once, in the subscribe call. */
  readonly values: readonly number[];
  /** Frames from the last value to the end. */
  readonly endsAfter: number;
  readonly end: 'complete' | 'error' | 'never' | 'throw';
  readonly acts: Readonly<Partial<Record<Place, Act>>>;
}

export interface Plan {
  readonly concurrent: number;
  /** The jobs, in the order the source emits them; an act `next` emits the next one, wherever it comes from. */
  readonly jobs: readonly JobPlan[];
  /** Acts from outside, each so many frames after the one before. */
  readonly timeline: readonly { readonly wait: number; readonly act: Act }[];
  readonly coldSource: boolean;
}

const act = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Act>('next') },
  { weight: 2, arbitrary: fc.constant<Act>('complete') },
  { weight: 1, arbitrary: fc.constantFrom<Act>('error', 'unsubscribe') },
);
const duration = fc.nat({ max: 3 });
const rarely = fc.option(act, { freq: 6, nil: undefined });

const job: fc.Arbitrary<JobPlan> = fc
  .record({
    values: fc.array(duration, { maxLength: 3 }),
    endsAfter: duration,
    end: fc.oneof(
      { weight: 20, arbitrary: fc.constant<JobPlan['end']>('complete') },
      { weight: 1, arbitrary: fc.constantFrom<JobPlan['end']>('error', 'never', 'throw') },
    ),
    project: rarely,
    subscribe: rarely,
    value: rarely,
    teardown: rarely,
  })
  .map(({ project, subscribe, value, teardown, ...plan }) => ({
    ...plan,
    acts: {
      ...(project && { project }),
      ...(subscribe && { subscribe }),
      ...(value && { value }),
      ...(teardown && { teardown }),
    },
  }));

/** Sources, jobs and interruptions at random. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  concurrent: fc.constantFrom(1, 2, 3, 4, Infinity),
  jobs: fc.array(job, { minLength: 1, maxLength: 12 }),
  timeline: fc.array(fc.record({ wait: fc.nat({ max: 2 }), act }), { minLength: 1, maxLength: 12 }),
  coldSource: fc.boolean(),
});

const endsAtOnce = ({ values, endsAfter, end }: JobPlan): boolean =>
  end === 'complete' && endsAfter === 0 && values.every((frames) => frames === 0);

/**
 * Plays the plan on the trial's operator. All that happens is noted: values, projections, subscriptions and teardowns.
 *
 * Left out is what `mergeMap` does on purpose or by fault in another way, and which has tests of its own: it goes on
 * projecting and subscribing when the result is closed already, and it begins the next job before an inner that
 * completes in its subscribe call has been torn down. `atOnce` gets the teardowns of such inners.
 */
export function play(
  { concurrent, jobs, timeline, coldSource }: Plan,
  trial: Trial,
  atOnce: string[] = [],
): void {
  const { flatten, note, scheduler } = trial;
  const source = new Subject<number>();
  let emitted = 0;
  let closed = false;
  // Made first, so that it can be unsubscribed from within the subscribe call.
  const subscription = new Subscription();

  const perform = (what: Act | undefined): void => {
    if (what === undefined) return;
    if (what === 'unsubscribe') {
      closed = true;
      subscription.unsubscribe();
    } else if (what === 'complete') source.complete();
    else if (what === 'error') source.error(new Error('of the source'));
    else if (emitted < jobs.length) source.next(emitted++);
  };

  const inner = (id: number, plan: JobPlan): Observable<string> =>
    new Observable((subscriber) => {
      note(`+${id}`);
      const timer = { at: 0 };
      const later = (frames: number, work: () => void): void => {
        timer.at += frames;
        if (timer.at === 0) {
          if (!subscriber.closed) work();
        } else subscriber.add(scheduler.schedule(work, timer.at));
      };
      perform(plan.acts.subscribe);
      plan.values.forEach((frames, nth) => later(frames, () => subscriber.next(`${id}.${nth}`)));
      if (plan.end !== 'never') {
        later(plan.endsAfter, () => {
          if (plan.end === 'error') subscriber.error(new Error(`of ${id}`));
          else subscriber.complete();
        });
      }
      return () => {
        if (endsAtOnce(plan)) atOnce.push(`${scheduler.frame}: -${id}`);
        else {
          note(`-${id}`);
          perform(plan.acts.teardown);
        }
      };
    });

  const project = (id: number, index: number): Observable<string> => {
    const plan = jobs[id]!;
    if (closed) return new Observable();
    note(`project ${id} as ${index}`);
    perform(plan.acts.project);
    if (plan.end === 'throw') throw new Error(`in project of ${id}`);
    return closed ? new Observable() : inner(id, plan);
  };

  const events = new Observable<number>((subscriber) => {
    note('+source');
    subscriber.add(() => note('-source'));
    subscriber.add(source.subscribe(subscriber));
    if (coldSource) perform('next');
    if (coldSource) perform('next');
  });

  const results = events.pipe(flatten(project, concurrent)).subscribe({
    next: (value) => {
      note(`next ${value}`);
      const [id, nth] = value.split('.').map(Number) as [number, number];
      if (nth === 0) perform(jobs[id]!.acts.value);
    },
    error: (error: unknown) => {
      closed = true;
      note(`error ${String(error)}`);
    },
    complete: () => {
      closed = true;
      note('complete');
    },
  });
  subscription.add(results);

  let frame = 0;
  for (const { wait, act: what } of timeline) {
    frame += wait;
    scheduler.schedule(() => perform(what), frame);
  }
}
