import { expectTypeOf } from 'expect-type';
import { Subject, filter, from, map, of, scan, take, type Observable, type OperatorFunction } from 'rxjs';
import {
  DemandQueue,
  broadcast,
  consume,
  demandMap,
  fromAsyncIterable,
  fromIterable,
  fromObservable,
  handleEvents,
  mergeProducers,
  producer,
  stage,
  tapDemand,
  through,
  toAsyncIterable,
  type BatchContext,
  type Consumer,
  type ConsumerSubscription,
  type DiscardCause,
  type JobContext,
  type Producer,
  type ProducerContext,
  type ProducerSubscription,
  type Stage,
} from '../src/index.ts';

// What the compiler says of producers, stages and consumers: `tsc` fails where one of these does not hold.

const queue = new DemandQueue<number>();
const words: Producer<string> = fromIterable(['a']);

describe('The type of a producer', () => {
  it('is what its source gives', () => {
    expectTypeOf(fromIterable([1, 2])).toEqualTypeOf<Producer<number>>();
    expectTypeOf(fromIterable(new Map<string, number>())).toEqualTypeOf<Producer<[string, number]>>();
    expectTypeOf(fromObservable(of('a'))).toEqualTypeOf<Producer<string>>();
    expectTypeOf(fromAsyncIterable(new ReadableStream<Uint8Array>())).toEqualTypeOf<Producer<Uint8Array>>();
    const pages = async function* () {
      yield { page: 1 };
    };
    expectTypeOf(fromAsyncIterable(pages())).toEqualTypeOf<Producer<{ page: number }>>();
  });

  it('is what handleDemand answers, in whatever form', () => {
    expectTypeOf(producer((demand) => Array.from({ length: demand }, () => 'x'))).toEqualTypeOf<
      Producer<string>
    >();
    expectTypeOf(producer(async () => new Set([1]))).toEqualTypeOf<Producer<number>>();
    expectTypeOf(producer(() => of(1, 2))).toEqualTypeOf<Producer<number>>();
    expectTypeOf(
      producer(function* () {
        yield 1;
      }),
    ).toEqualTypeOf<Producer<number>>();
    expectTypeOf(
      producer(async function* () {
        yield 'x';
      }),
    ).toEqualTypeOf<Producer<string>>();
    const silent = producer<number>((demand, context) => {
      expectTypeOf(demand).toEqualTypeOf<number>();
      expectTypeOf(context).toEqualTypeOf<ProducerContext<number>>();
    });
    expectTypeOf(silent).toEqualTypeOf<Producer<number>>();
  });

  it('refuses what gives no events', () => {
    const misuse = () => {
      // @ts-expect-error -- a string's characters are no events
      fromIterable('abc');
      // @ts-expect-error -- an Observable cannot be asked
      fromIterable(of(1));
      // @ts-expect-error -- a number is no answer
      producer(() => 5);
      // @ts-expect-error -- neither is a promise of one
      producer(async () => 5);
      // @ts-expect-error -- another type of events
      producer<string>(() => [5]);
      // @ts-expect-error -- an unknown option
      fromIterable([1], { bufferLength: 1 });
      // @ts-expect-error -- `overflow` decides that
      fromObservable(of(1), { bufferKeep: 'first' });
      // @ts-expect-error -- a fixed mode could not be changed
      producer(() => [1], { demand: 'accumulate' });
    };
    expectTypeOf(misuse).toBeFunction();
  });

  it('is known to the callbacks of its options', () => {
    const options = {
      discarded: (events: readonly number[], cause: DiscardCause) => console.log(events, cause),
      dispatcher: broadcast<number>(),
      demand: new Subject<'forward' | 'accumulate'>(),
    };
    expectTypeOf(fromIterable([1], options)).toEqualTypeOf<Producer<number>>();
    void fromIterable([1], {
      discarded: (events) => expectTypeOf(events).toEqualTypeOf<readonly number[]>(),
      handleSubscribe: (subscription) => expectTypeOf(subscription).toEqualTypeOf<ConsumerSubscription>(),
    });
  });
});

describe('The type of a stage', () => {
  it('is the result of its function, per event', () => {
    expectTypeOf(queue.pipe(stage((n) => `${n}`))).toEqualTypeOf<Producer<string>>();
    expectTypeOf(queue.pipe(stage(async (n) => n > 1))).toEqualTypeOf<Producer<boolean>>();
    expectTypeOf(queue.pipe(stage((n) => of(n, 'x')))).toEqualTypeOf<Producer<number | string>>();
    expectTypeOf(queue.pipe(stage((n) => [n, n]))).toEqualTypeOf<Producer<number>>();
    expectTypeOf(queue.pipe(stage((n) => ({ n }), { maxDemand: 2 }))).toEqualTypeOf<
      Producer<{ n: number }>
    >();
    expectTypeOf(stage((n: number, context: JobContext) => `${n} ${context.index}`)).toEqualTypeOf<
      Stage<number, string>
    >();
    void queue.pipe(
      stage((n, context) => {
        expectTypeOf(n).toEqualTypeOf<number>();
        expectTypeOf(context).toEqualTypeOf<JobContext>();
        return n;
      }),
    );
  });

  it('is what its function gives of a batch', () => {
    const batch = { per: 'batch' } as const;
    expectTypeOf(queue.pipe(stage((events) => events.map(String), batch))).toEqualTypeOf<Producer<string>>();
    expectTypeOf(queue.pipe(stage(async (events) => events.map(String), batch))).toEqualTypeOf<
      Producer<string>
    >();
    expectTypeOf(queue.pipe(stage((events) => from(events), batch))).toEqualTypeOf<Producer<number>>();
    expectTypeOf(
      queue.pipe(
        stage(function* (events, context) {
          expectTypeOf(events).toEqualTypeOf<readonly number[]>();
          expectTypeOf(context).toEqualTypeOf<BatchContext>();
          yield* events.map(String);
        }, batch),
      ),
    ).toEqualTypeOf<Producer<string>>();
  });

  it('is that of its operator', () => {
    expectTypeOf(queue.pipe(through(map((n) => `${n}`)))).toEqualTypeOf<Producer<string>>();
    expectTypeOf(queue.pipe(through(filter((n) => n > 1)), through(take(2)))).toEqualTypeOf<
      Producer<number>
    >();
    expectTypeOf(queue.pipe(through(scan((all, n) => all + `${n}`, '')))).toEqualTypeOf<Producer<string>>();
  });

  it('is that of its source, or of all of them', () => {
    expectTypeOf(
      queue.pipe(tapDemand((demand) => expectTypeOf(demand).toEqualTypeOf<number>())),
    ).toEqualTypeOf<Producer<number>>();
    expectTypeOf(mergeProducers([queue, fromIterable([1])])).toEqualTypeOf<Producer<number>>();
    expectTypeOf(mergeProducers<number | string>([queue, [words, { maxDemand: 5 }]])).toEqualTypeOf<
      Producer<number | string>
    >();
  });

  it('refuses what gives no results, and options of others', () => {
    const misuse = () => {
      // @ts-expect-error -- a number is no batch of results
      queue.pipe(stage((events) => events.length, { per: 'batch' }));
      // @ts-expect-error -- neither is a promise of one
      queue.pipe(stage(async (events) => events.length, { per: 'batch' }));
      // @ts-expect-error -- the queue has numbers
      queue.pipe(stage((word: string) => word));
      // @ts-expect-error -- an operator of strings
      queue.pipe(through(map((word: string) => word)));
      // @ts-expect-error -- only a producer has a gate
      queue.pipe(stage((n) => n, { demand: 'forward' }));
      // @ts-expect-error -- nor has a stage a `maxDemand` of words
      queue.pipe(stage((n) => n, { maxDemand: 'all' }));
      // @ts-expect-error -- an Observable is no producer
      mergeProducers([of(1)]);
      queue.pipe(
        // @ts-expect-error -- a stage comes before the consumer
        consume(),
        stage((n: number) => n),
      );
    };
    expectTypeOf(misuse).toBeFunction();
  });

  it('tells its hooks which side they are told of', () => {
    void stage((n: number) => n, {
      handleSubscribe: (subscription) => {
        expectTypeOf(subscription).toEqualTypeOf<ProducerSubscription | ConsumerSubscription>();
        if (subscription.to === 'producer') subscription.ask(1);
        else expectTypeOf(subscription).not.toHaveProperty('ask');
      },
    });
  });
});

describe('The type of a consumer', () => {
  it('is what it gives', () => {
    expectTypeOf(queue.pipe(consume())).toEqualTypeOf<Observable<number>>();
    expectTypeOf(queue.pipe(handleEvents((events) => events.length))).toEqualTypeOf<Observable<number>>();
    expectTypeOf(queue.pipe(handleEvents((events) => events.map(String)))).toEqualTypeOf<
      Observable<string>
    >();
    expectTypeOf(queue.pipe(handleEvents(async (events) => events.length))).toEqualTypeOf<
      Observable<number>
    >();
    expectTypeOf(queue.pipe(handleEvents(() => {}))).toEqualTypeOf<Observable<void>>();
    expectTypeOf(toAsyncIterable(queue)).toEqualTypeOf<AsyncIterable<number>>();
  });

  it('is an RxJS operator, too', () => {
    expectTypeOf(of(1).pipe(consume())).toEqualTypeOf<Observable<number>>();
    expectTypeOf(of(1).pipe(handleEvents((events) => [`${events.length}`]))).toEqualTypeOf<
      Observable<string>
    >();
    expectTypeOf<Consumer<number, string>>().toExtend<OperatorFunction<number, string>>();
  });

  it('knows its events at the end of a long pipeline', () => {
    const results = queue.pipe(
      tapDemand(() => {}),
      stage((n) => `${n}`),
      through(filter((word) => word !== '')),
      stage((batch) => batch.map((word) => word.length), { per: 'batch' }),
      demandMap((length) => length > 1, { maxDemand: 2 }),
    );
    expectTypeOf(results).toEqualTypeOf<Observable<boolean>>();
  });

  it('refuses options of others', () => {
    const misuse = () => {
      // @ts-expect-error -- it buffers nothing
      void queue.pipe(consume({ bufferSize: 1 }));
      // @ts-expect-error -- its reader asks
      toAsyncIterable(queue, { mode: 'manual' });
      // @ts-expect-error -- an Observable cannot be asked
      toAsyncIterable(of(1));
    };
    expectTypeOf(misuse).toBeFunction();
  });
});
