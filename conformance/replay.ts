import { isDeepStrictEqual } from 'node:util';
import type { Stage, Subscription, SubscriptionOptions } from '../src/engine/index.ts';
import { TracedStage } from './TracedStage.ts';
import { TracedSupervisor } from './TracedSupervisor.ts';
import type { Scenario, TraceObservation, TraceStep, TraceSubscribe } from './scenario.ts';

/** What became of one scenario. */
export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'failed'; readonly step: number; readonly expected: unknown; readonly actual: unknown };

/** Why a scenario cannot be replayed, if it cannot. */
function reasonToSkip({ observed }: Scenario): string | undefined {
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
  readonly #stages = new Map<string, TracedStage | TracedSupervisor>();
  /** The stages whose exit has been observed. */
  readonly #gone = new Set<string>();
  readonly #subscriptions = new Map<string, Subscription<number>>();
  readonly #names = new Map<Subscription<number>, string>();
  readonly #modes = new Map<string, 'automatic' | 'manual'>();
  /** The subscription that is being made: its callbacks come before `subscribe` returns it. */
  #making = '';

  constructor(scenario: Scenario) {
    const nameOf = (subscription: Subscription<number>): string =>
      this.#names.get(subscription) ?? this.#making;
    for (const spec of scenario.topology.stages) {
      if (spec.type === 'consumer_supervisor') {
        this.#stages.set(spec.name, new TracedSupervisor(spec));
        continue;
      }
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
          this.#stage(step.consumer).resubscribe(to, this.#subscription(step.old), step.reason, options),
        );
      case 'ask':
        this.#subscription(step.sub).ask(step.n);
        break;
      case 'cancel':
        this.#subscription(step.sub).cancel(step.reason);
        break;
      case 'emit':
        this.#traced(step.stage).stage.emit(step.events);
        break;
      case 'enqueue':
        this.#traced(step.stage).enqueue(step.jobs);
        break;
      case 'demand':
        this.#stage(step.stage).setDemand(step.mode);
        break;
      case 'info':
        this.#stage(step.stage).info(step.msg);
        break;
      case 'stop':
        this.#stage(step.stage).stop(step.reason);
        break;
      case 'finish':
        this.#traced(step.stage).finish();
        break;
      case 'crash':
        this.#traced(step.stage).crash(step.reason);
        break;
      case 'finish_child':
        this.#supervisor(step.stage).finishChild(step.event, step.reason);
        break;
      default:
        throw new Error(
          `A trace has a step that this replayer does not know: ${(step as { readonly op: string }).op}`,
        );
    }
    return undefined;
  }

  /** What happened since the last call. */
  observe(result: string | undefined): TraceObservation {
    const log: Record<string, readonly unknown[]> = {};
    const buffered: Record<string, number> = {};
    const exits: Record<string, string> = {};
    const children: Record<string, number> = {};
    for (const [name, traced] of this.#stages) {
      if (traced.log.length > 0) log[name] = traced.log;
      traced.log = [];
      if (traced.stage.exited) {
        if (!this.#gone.has(name)) exits[name] = traced.stage.exitReason as string;
        this.#gone.add(name);
      } else if (traced instanceof TracedSupervisor) {
        children[name] = traced.children;
      } else if (traced.spec.type !== 'consumer') {
        buffered[name] = traced.stage.estimatedBufferedCount;
      }
    }
    return {
      log,
      buffered,
      ...(Object.keys(exits).length > 0 && { exits }),
      ...(result !== undefined && { result }),
      ...(Object.keys(children).length > 0 && { children }),
    };
  }

  #subscribe(
    step: TraceSubscribe,
    subscribe = (to: TracedStage['stage'], options: SubscriptionOptions): Subscription<number> =>
      this.#stage(step.consumer).subscribe(to, options),
  ): string | undefined {
    this.#making = step.sub;
    this.#modes.set(step.sub, step.mode);
    const { selector } = step;
    try {
      const subscription = subscribe(this.#traced(step.to).stage, {
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

  /** A stage of whatever kind. */
  #stage(name: string): Stage<number, number> | Stage<number> {
    return this.#find(name).stage;
  }

  #traced(name: string): TracedStage {
    const traced = this.#find(name);
    if (traced instanceof TracedStage) return traced;
    throw new Error(`The scenario's stage ${name} is a supervisor`);
  }

  #supervisor(name: string): TracedSupervisor {
    const traced = this.#find(name);
    if (traced instanceof TracedSupervisor) return traced;
    throw new Error(`The scenario's stage ${name} is no supervisor`);
  }

  #find(name: string): TracedStage | TracedSupervisor {
    const traced = this.#stages.get(name);
    if (!traced) throw new Error(`The scenario has no stage ${name}`);
    return traced;
  }

  #subscription(name: string): Subscription<number> {
    const subscription = this.#subscriptions.get(name);
    if (!subscription) throw new Error(`The scenario has no subscription ${name}`);
    return subscription;
  }
}
