import type { ObservableInput } from 'rxjs';
import type { Link } from '../engine/Link.ts';
import type { Answer, DiscardCause, DispatcherFactory, NOTHING } from '../engine/index.ts';
import type { DemandMode } from '../types.ts';
import type { DownstreamHooks } from './Downstream.ts';
import type { Upstream } from './Upstream.ts';

/** What a stage does while it runs: an object of its own for each run, for the run adds to it. */
export interface StageWork<In, Out> {
  /** See the engine's `StageCallbacks`. */
  handleDemand?(demand: number): Answer<Out>;
  /** True while it runs code that may leave the stage, and is to be stopped at once then. */
  readonly busy?: boolean;
  /** It only passes events on: those that nobody has asked for are not begun. */
  readonly passing?: boolean;
  /** See the engine's `StageCallbacks`. */
  handleEvents?(events: readonly In[], from: Link<In>): Answer<Out>;
  /** See the engine's `StageHost`. */
  handleEvent?(event: In, from: Link<In>): Out | typeof NOTHING;
  /** See the engine's `StageCallbacks`. */
  handleInfo?(message: unknown): Answer<Out>;
  /** The stage has been asked for the first time. */
  started?(): void;
  /** What `minDemand` is if it is not given; half of `maxDemand` without this method. */
  minDemand?(maxDemand: number): number;
  /** Asks a producer for the first time; without this method the engine counts demand and asks. */
  firstAsk?(upstream: Upstream<In>): void;
  /** All mail is read: goes on with work of its own; false if there is nothing to do. */
  goOn?(): boolean;
  /** No producer is left, all have completed; without this method the stage completes once all is delivered. */
  finished?(): void;
  /** The stage is about to stop: gives back what it has taken and not begun. */
  abandon?(giveBack: (events: readonly In[], from: Link<In>) => void): void;
  /** The stage has stopped; its consumers are told next. */
  stopped?(): void;
}

/** What every run is set up with. */
export interface RunOptions<Out> extends DownstreamHooks {
  readonly bufferSize?: number;
  readonly bufferKeep?: 'first' | 'last';
  readonly dispatcher?: DispatcherFactory<Out>;
  readonly demand?: DemandMode | ObservableInput<DemandMode>;
  readonly discarded?: (events: readonly Out[], cause: DiscardCause) => void;
}
