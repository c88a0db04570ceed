import type { Subscriber } from 'rxjs';
import { EventSupervisor } from '../engine/EventSupervisor.ts';
import type { Link } from '../engine/Link.ts';
import type { Child, SupervisorReport } from '../engine/index.ts';
import { RestartIntensityError } from '../errors.ts';
import type { StageRun } from '../face/StageRun.ts';
import type { StageWork } from '../face/StageWork.ts';
import type { Upstream } from '../face/Upstream.ts';
import { Failure, errorOf } from '../face/endings.ts';
import { ChildRun, type ChildOwner } from './ChildRun.ts';
import type { ChildContext, ChildCrash, RunningSupervisor } from './ConsumerSupervisorOptions.ts';

/** What a supervisor of children is set up with: checked and complete. */
export interface ChildrenSettings<T> {
  readonly start: (event: T, context: ChildContext<T>) => unknown;
  readonly restart: 'temporary' | 'transient';
  readonly maxRestarts: number;
  readonly withinMs: number;
  readonly now: () => number;
  readonly started: ((supervisor: RunningSupervisor<T>) => void) | undefined;
  readonly crashed: (crash: ChildCrash<T>) => void;
}

/** `consumerSupervisor` while it runs: the engine's supervisor of events as the work of a stage of the RxJS face. */
export class ChildrenWork<T, R> implements StageWork<T, never>, ChildOwner<T, R> {
  readonly #settings: ChildrenSettings<T>;
  readonly #subscriber: Subscriber<R>;
  readonly #run: StageRun<T, never>;
  readonly #supervisor: EventSupervisor<T>;
  readonly #runs = new Set<ChildRun<T, R>>();
  /** Who has sent the last batch. */
  #from: Link<T> | undefined;
  /** A crash of which it is not known yet whether the child is started again. */
  #crash: { readonly error: unknown; readonly event: T } | undefined;
  #crashes = 0;
  #finishing = false;

  constructor(settings: ChildrenSettings<T>, subscriber: Subscriber<R>, run: StageRun<T, never>) {
    this.#settings = settings;
    this.#subscriber = subscriber;
    this.#run = run;
    const report = (told: SupervisorReport<T>) => {
      this.#report(told);
    };
    this.#supervisor = new EventSupervisor<T>(
      (_, child) => this.#start(child),
      { ...settings, report },
      {
        get stage() {
          return run.stage;
        },
        tooManyRestarts: () => {
          this.#giveUp();
        },
      },
    );
  }

  get closed(): boolean {
    return this.#run.exited;
  }

  // What the stage calls

  started(): void {
    this.#settings.started?.({
      // The start of a child never fails here, and no event is ignored.
      startChild: (event) => this.#supervisor.startChild(event) as Child<T>,
      terminateChild: (child) => {
        const terminated = this.#supervisor.terminateChild(child as Child<T>);
        this.told();
        return terminated;
      },
      whichChildren: () => this.#supervisor.whichChildren(),
      countChildren: () => this.#supervisor.countChildren(),
    });
  }

  firstAsk({ link }: Upstream<T>): void {
    this.#supervisor.callbacks.handleSubscribe('producer', link);
  }

  handleEvents(events: readonly T[], from: Link<T>): void {
    this.#from = from;
    this.#supervisor.callbacks.handleEvents(events, from);
  }

  /** The children go on: it is over when the last of them is. */
  finished(): void {
    this.#finishing = true;
    this.told();
  }

  abandon(giveBack: (events: readonly T[], from: Link<T>) => void): void {
    const running = new Set([...this.#runs].map(({ child }) => child));
    const ended = this.#supervisor.whichChildren().filter((child) => !running.has(child));
    // First the children: a dispatcher may take what they were doing for done when the supervisor leaves.
    this.#supervisor.terminateChildren();
    this.#settled(ended);
    const unbegun = this.#supervisor.takeUnbegun();
    if (this.#from && unbegun.length > 0) giveBack(unbegun, this.#from);
  }

  // What the children call

  emit(result: R): void {
    this.#subscriber.next(result);
  }

  ended(run: ChildRun<T, R>): void {
    this.#runs.delete(run);
  }

  told(): void {
    if (!this.#finishing) return;
    // What the engine has been told before is done before.
    this.#run.process.mailbox.post(() => {
      if (this.#supervisor.size === 0) this.#run.stop();
    });
  }

  #start(child: Child<T>): () => void {
    if (this.#crash) this.#tell({ ...this.#crash, events: [] });
    const run = new ChildRun<T, R>(child, this);
    this.#runs.add(run);
    run.begin(this.#settings.start);
    return run.stop;
  }

  /** All children go; what they did has been reported, and is nobody else's to report. */
  #giveUp(): void {
    const children = this.#supervisor.whichChildren();
    this.#supervisor.terminateChildren();
    this.#settled(children);
    const causes = this.#supervisor.restartCauses.map(errorOf);
    this.#run.process.exit(new Failure(new RestartIntensityError(causes)));
  }

  /** Nobody waits for these any more, whether the engine has read so or not. */
  #settled(children: readonly Child<T>[]): void {
    this.#from?.settled(children.map(({ event }) => event));
  }

  #report(told: SupervisorReport<T>): void {
    if (told.kind === 'excess_events') {
      console.warn(`consumerSupervisor: there are ${told.count} children more than \`maxDemand\``);
      return;
    }
    const { event } = told;
    if (told.kind === 'shutdown') {
      const others = [...this.#runs].map(({ child }) => child.event);
      if (this.#crash) this.#tell({ ...this.#crash, events: [event, ...others] });
      return;
    }
    const crash = { error: errorOf(told.reason), event };
    if (told.kind === 'child_terminated' && this.#settings.restart === 'transient') this.#crash = crash;
    else this.#tell({ ...crash, events: [event] });
  }

  #tell(crash: Omit<ChildCrash<T>, 'crashes'>): void {
    this.#crash = undefined;
    this.#settings.crashed({ ...crash, crashes: ++this.#crashes });
  }
}
