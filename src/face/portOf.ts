import { Observable, type Subscriber } from 'rxjs';
import { typeError } from '../engine/assert.ts';
import type { ProducerPort } from '../engine/Link.ts';
import { ExcessEventsError } from '../errors.ts';
import type { Producer } from '../types.ts';
import { PORT, type Attachable } from './port.ts';
import { StagedProducer } from './StagedProducer.ts';
import type { StageRun } from './StageRun.ts';
import { subscribeTo } from './subscribeTo.ts';

/** True for a producer, of whatever making. */
export function isProducer(source: unknown): source is Producer<never> {
  return typeof (source as Partial<Producer<never>> | null | undefined)?.events === 'function';
}

/** True for a producer on the engine. */
function isAttachable<T>(source: object): source is Attachable<T> {
  return PORT in source;
}

/**
 * Where to subscribe to a producer of whatever making.
 *
 * @throws TypeError if `source` is none
 */
export function portOf<T>(source: Producer<T>): () => ProducerPort<T> {
  if (!isProducer(source)) {
    throw typeError('source', 'a Producer (of an Observable, make one by `fromObservable`)', source);
  }
  const attachable: Attachable<T> = isAttachable<T>(source) ? source : adapted(source);
  return () => attachable[PORT]();
}

/** A producer of another making, on the engine: asks go through its demand Observable. */
function adapted<T>(source: Producer<T>): StagedProducer<never, T> {
  const works = new WeakMap<StageRun<never, T>, ForeignProducer<T>>();
  return new StagedProducer<never, T>(
    {
      name: 'A producer of another making',
      type: 'producer',
      work: (run) => {
        const work = new ForeignProducer(source, run);
        works.set(run, work);
        return work;
      },
      open: (run) => {
        works.get(run)?.open();
      },
    },
    {},
  );
}

class ForeignProducer<T> {
  readonly #source: Producer<T>;
  readonly #run: StageRun<never, T>;
  /** Who listens to the demand; until someone does, it is added up. */
  #asks: Subscriber<number> | undefined;
  #unheard = 0;
  #owed = 0;

  constructor(source: Producer<T>, run: StageRun<never, T>) {
    this.#source = source;
    this.#run = run;
  }

  open(): void {
    const run = this.#run;
    const asks = new Observable<number>((subscriber) => {
      this.#asks = subscriber;
      const unheard = this.#unheard;
      this.#unheard = 0;
      if (unheard > 0) subscriber.next(unheard);
    });
    subscribeTo(
      this.#source.events(asks),
      {
        next: (events) => {
          const owed = this.#owed;
          this.#owed -= events.length;
          run.stage.emit(events.length > owed ? events.slice(0, owed) : events);
          if (events.length > owed) run.fail(new ExcessEventsError(events.slice(owed)));
        },
        error: (error) => {
          run.fail(error);
        },
        complete: () => {
          run.finish();
        },
      },
      (subscriber) => {
        run.own(subscriber);
      },
    );
  }

  handleDemand(demand: number): void {
    this.#owed += demand;
    if (this.#asks) this.#asks.next(demand);
    else this.#unheard += demand;
  }
}
