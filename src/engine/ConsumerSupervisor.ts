import { EventSupervisor } from './EventSupervisor.ts';
import { Stage, type ProducerStage } from './Stage.ts';
import type { Subscription, SubscriptionOptions } from './protocol.ts';
import type { Reason } from './reasons.ts';
import type { Child, ConsumerSupervisorOptions, StartChild } from './supervision.ts';

/**
 * A consumer that starts one child for each event, and asks for the next events when children have ended: at most
 * `maxDemand` children of a subscription run at a time. The end of a subscription leaves its children running; the end
 * of the supervisor terminates them.
 *
 * GenStage: `ConsumerSupervisor`, strategy `:one_for_one`. To terminate a child is to call what `start` has returned:
 * it is not waited for.
 *
 * @example
 * ```ts
 * const jobs = new Stage<never, string>('producer');
 * const supervisor = new ConsumerSupervisor<string>((event) => {
 *   console.log(`started ${event}`);
 *   return () => console.log(`stopped ${event}`);
 * });
 * supervisor.subscribe(jobs, { maxDemand: 2 });
 * jobs.emit(['a', 'b', 'c']);
 * // => started a
 * // => started b
 * supervisor.whichChildren()[0]?.exit(); // => started c
 * supervisor.stage.stop();
 * // => stopped b
 * // => stopped c
 * ```
 */
export class ConsumerSupervisor<In> {
  /** The consumer that takes the events. To stop the supervisor is to stop this stage. */
  readonly stage: Stage<In>;
  readonly #supervisor: EventSupervisor<In>;

  /**
   * @param start starts the child for an event
   * @param options when to restart it, and whom to tell
   * @throws RangeError if an option is out of its range
   * @throws TypeError if `start` or one of the callbacks is no function, or `options` no object
   */
  constructor(start: StartChild<In>, options: ConsumerSupervisorOptions<In> = {}) {
    const stage = () => this.stage;
    this.#supervisor = new EventSupervisor<In>(start, options, {
      get stage() {
        return stage();
      },
      tooManyRestarts: () => {
        this.stage.process.exit('shutdown');
      },
    });
    this.stage = new Stage<In>('consumer', this.#supervisor.callbacks);
  }

  /**
   * Why children were restarted within `withinMs`, oldest first. If the supervisor has stopped because that was once too
   * often, the last is the one too many.
   */
  get restartCauses(): readonly Reason[] {
    return this.#supervisor.restartCauses;
  }

  /**
   * Subscribes the supervisor to `producer`. It asks for `maxDemand` events at first, and again whenever at least
   * `minDemand` children have ended; the option `mode` does not matter.
   *
   * GenStage: `sync_subscribe/3`.
   *
   * @throws RangeError if an option is out of its range
   */
  subscribe(producer: ProducerStage<In>, options?: SubscriptionOptions): Subscription<In> {
    return this.stage.subscribe(producer, options);
  }

  /**
   * Starts a child that settles no demand.
   *
   * GenStage: `start_child/2`.
   *
   * @throws what `start` throws; an Error if the supervisor has stopped
   */
  startChild(event: In): Child<In> | 'ignore' {
    return this.#supervisor.startChild(event);
  }

  /**
   * Terminates `child`, as if it had ended in good order; false if there is no such child any more.
   *
   * GenStage: `terminate_child/2`.
   */
  terminateChild(child: Child<In>): boolean {
    return this.#supervisor.terminateChild(child);
  }

  /**
   * All children, those that wait for a restart included.
   *
   * GenStage: `which_children/1`.
   */
  whichChildren(): readonly Child<In>[] {
    return this.#supervisor.whichChildren();
  }

  /**
   * How many children run (`active`), and how many there are (`workers`), those that wait for a restart included.
   *
   * GenStage: `count_children/1`.
   */
  countChildren(): { readonly active: number; readonly workers: number } {
    return this.#supervisor.countChildren();
  }
}
