import { isDeepStrictEqual } from 'node:util';
import type { Subscription, SubscriptionOptions } from '../src/engine/index.ts';
import { TracedStage } from './TracedStage.ts';
import type { Scenario, TraceObservation, TraceStep, TraceSubscribe } from './scenario.ts';

/** What became of one scenario. */
export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'failed'; readonly step: number; readonly expected: unknown; readonly actual: unknown };

/** Why a scenario cannot be replayed, if it cannot. */
function reasonToSkip({ topology, observed }: Scenario): string | undefined {
  if (topology.stages.some(({ type }) => type === 'consumer_supervisor')) return 'need a consumer supervisor';
  const crashes = observed.some(({ exits = {} }) =>
    Object.values(exits).some((reason) => String(reason).startsWith('error:')),
  );
  return crashes ? 'crash a GenStage producer by what is refused here' : undefined;
}

/** Does the steps of `scenario` to our stages, and compares what they did with what was observed. */
export async function replay(scenario: Scenario): Promise<Verdict> {
  const why = reasonToSkip(scenario);
  if (why) return { kind: 'skipped', why };
  const stages = new Stages(scenario);
  for (const [step, todo] of scenario.steps.entries()) {
    const result = stages.perform(todo);
    await quiet();
    const actual = stages.observe(result);
    const expected = scenario.observed[step];
    if (!isDeepStrictEqual(actual, expected)) return { kind: 'failed', step, expected, actual };
  }
  return { kind: 'passed' };
}

/** Every promise that could settle has: no callback is left to run. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

class Stages {
  readonly #stages = new Map<string, TracedStage>();
  readonly #subscriptions = new Map<string, Subscription<number>>();
  readonly #names = new Map<Subscription<number>, string>();
  readonly #modes = new Map<string, 'automatic' | 'manual'>();
  /** The subscription that is being made: its callbacks come before `subscribe` returns it. */
  #making = '';

  constructor(scenario: Scenario) {
    const nameOf = (subscription: Subscription<number>): string =>
      this.#names.get(subscription) ?? this.#making;
    for (const spec of scenario.topology.stages) {
      const modeOf = (subscription: Subscription<number>) =>
        this.#modes.get(nameOf(subscription)) ?? 'automatic';
      this.#stages.set(spec.name, new TracedStage(spec, nameOf, modeOf));
    }
  }

  /** Does one step; returns what its call answered if it did not succeed. */
  perform(step: TraceStep): string | undefined {
    switch (step.op) {
      case 'subscribe':
        return this.#subscribe(step);
      case 'resubscribe':
        return this.#subscribe(step, (to, options) =>
          this.#stage(step.consumer).stage.resubscribe(
            to,
            this.#subscription(step.old),
            step.reason,
            options,
          ),
        );
      case 'ask':
        this.#subscription(step.sub).ask(step.n);
        break;
      case 'cancel':
        this.#subscription(step.sub).cancel(step.reason);
        break;
      case 'emit':
        this.#stage(step.stage).stage.emit(step.events);
        break;
      case 'enqueue':
        this.#stage(step.stage).enqueue(step.jobs);
        break;
      case 'demand':
        this.#stage(step.stage).stage.setDemand(step.mode);
        break;
      case 'info':
        this.#stage(step.stage).stage.info(step.msg);
        break;
      case 'stop':
        this.#stage(step.stage).stage.stop(step.reason);
        break;
      case 'finish':
        this.#stage(step.stage).finish();
        break;
      case 'crash':
        this.#stage(step.stage).crash(step.reason);
        break;
      default:
        throw new Error(`A trace has a step that this replayer does not know: ${step.op}`);
    }
    return undefined;
  }

  /** What happened since the last call. */
  observe(result: string | undefined): TraceObservation {
    const log: Record<string, readonly unknown[]> = {};
    const buffered: Record<string, number> = {};
    const exits: Record<string, string> = {};
    for (const traced of this.#stages.values()) {
      if (traced.log.length > 0) log[traced.name] = traced.log;
      traced.log = [];
      if (traced.exit) exits[traced.name] = traced.exit.reason as string;
      traced.exit = undefined;
      if (traced.spec.type !== 'consumer' && !traced.stage.exited) {
        buffered[traced.name] = traced.stage.estimatedBufferedCount;
      }
    }
    return {
      log,
      buffered,
      ...(Object.keys(exits).length > 0 && { exits }),
      ...(result !== undefined && { result }),
    };
  }

  #subscribe(
    step: TraceSubscribe,
    subscribe = (to: TracedStage['stage'], options: SubscriptionOptions): Subscription<number> =>
      this.#stage(step.consumer).stage.subscribe(to, options),
  ): string | undefined {
    this.#making = step.sub;
    this.#modes.set(step.sub, step.mode);
    const { selector } = step;
    try {
      const subscription = subscribe(this.#stage(step.to).stage, {
        cancel: step.cancel,
        ...(step.max_demand !== undefined && { maxDemand: step.max_demand }),
        ...(step.min_demand !== undefined && { minDemand: step.min_demand }),
        ...(step.partition !== undefined && { partition: step.partition }),
        ...(selector && { selector: (event: number) => selector.in.includes(event % selector.mod) }),
      });
      this.#subscriptions.set(step.sub, subscription);
      this.#names.set(subscription, step.sub);
      return undefined;
    } catch (error) {
      if (error instanceof RangeError) return 'error:bad_opts';
      throw error;
    }
  }

  #stage(name: string): TracedStage {
    const stage = this.#stages.get(name);
    if (!stage) throw new Error(`The scenario has no stage ${name}`);
    return stage;
  }

  #subscription(name: string): Subscription<number> {
    const subscription = this.#subscriptions.get(name);
    if (!subscription) throw new Error(`The scenario has no subscription ${name}`);
    return subscription;
  }
}
