import type { Observable } from 'rxjs';
import { rangeError } from '../engine/assert.ts';
import type { ProducerPort } from '../engine/Link.ts';
import type { StageType } from '../engine/index.ts';
import type { DispatchOptions, Producer } from '../types.ts';
import { Discards } from './Discards.ts';
import { assertProducing } from './assertProducing.ts';
import { eventsOf, pipe } from './events.ts';
import { isGate } from './gate.ts';
import { BUFFERED, PORT } from './port.ts';
import { StageRun } from './StageRun.ts';
import type { RunOptions, StageWork } from './StageWork.ts';

/** What is told of a kind of producer. */
export interface StagedKind<In, Out> {
  /** Its name in messages. */
  readonly name: string;
  readonly type: StageType;
  /** What a run does; called once for each. */
  readonly work: (run: StageRun<In, Out>) => StageWork<In, Out>;
  /** Subscribes a run to its producers. */
  readonly open?: (run: StageRun<In, Out>) => void;
}

/**
 * A producer that runs while it has consumers: the first one starts it, those who come while it runs share it, and when
 * the last has left, or it has ended, the next one starts it anew.
 */
export class StagedProducer<In, Out> implements Producer<Out> {
  readonly #kind: StagedKind<In, Out>;
  readonly #options: RunOptions<Out>;
  #run: StageRun<In, Out> | undefined;

  /** @throws RangeError if an option is out of its range */
  constructor(kind: StagedKind<In, Out>, options: RunOptions<Out>) {
    assertProducing(kind.type, options);
    const { demand = 'forward' } = options;
    if (demand !== 'forward' && !isGate(demand))
      throw rangeError('demand', "'forward', or an Observable of 'forward' and 'accumulate'", demand);
    this.#kind = kind;
    this.#options = {
      ...options,
      ...(options.handleSubscribe && { handleSubscribe: options.handleSubscribe.bind(options) }),
      ...(options.handleCancel && { handleCancel: options.handleCancel.bind(options) }),
      discarded: new Discards<Out>(kind.name, options.discarded?.bind(options)).report,
    };
  }

  /** See `Producer.events`. */
  events(demand: Observable<number>, options?: DispatchOptions): Observable<readonly Out[]> {
    return eventsOf(this, demand, options);
  }

  /** See `Producer.pipe`. */
  readonly pipe = pipe as Producer<Out>['pipe'];

  /** @internal */
  [PORT](): ProducerPort<Out> {
    const run = this.#run?.exited === false ? this.#run : this.#start();
    return run.stage.process.producer;
  }

  /** @internal */
  [BUFFERED](): number {
    return this.#run?.stage.size ?? 0;
  }

  #start(): StageRun<In, Out> {
    const run: StageRun<In, Out> = new StageRun(this.#kind.type, this.#options, this.#kind.work, () => {
      if (this.#run === run) this.#run = undefined;
    });
    this.#run = run;
    try {
      run.openGate();
      this.#kind.open?.(run);
    } catch (error) {
      run.fail(error);
    }
    return run;
  }
}
