import { EMPTY, NEVER, Subject, from, of, throwError } from 'rxjs';
import {
  broadcast,
  consume,
  handleEvents,
  partition,
  producer,
  type ConsumerSubscription,
  type DemandMode,
  type DiscardCause,
  type ProducerContext,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { record } from '../support/record.ts';

const boom = new Error('boom');

const answer = (demand: number) => Array.from({ length: demand }, () => 'x');

/** A producer whose context is at hand once it has been asked. */
function open<T>(options: Parameters<typeof producer<T>>[1]) {
  const at: { context?: ProducerContext<T> } = {};
  const source = producer<T>((_, context) => {
    at.context = context;
  }, options);
  const consumer = new RawConsumer(source);
  consumer.ask(1);
  return { source, consumer, context: at.context! };
}

describe('The options of producer', () => {
  it.each<[string, unknown, unknown]>([
    ['`handleDemand` to be a function, got undefined', undefined, {}],
    ['`handleDemand` to be a function, got an array of 1', [1], {}],
    ['`options` to be an object, got null', answer, null],
    ['`options` to be an object, got 3', answer, 3],
    ['`handleInfo` to be a function, got true', answer, { handleInfo: true }],
    ['`discarded` to be a function, got an object', answer, { discarded: {} }],
    ["`handleSubscribe` to be a function, got 'x'", answer, { handleSubscribe: 'x' }],
    ['`handleCancel` to be a function, got 1', answer, { handleCancel: 1 }],
    ['`dispatcher` to be a function, got an object', answer, { dispatcher: {} }],
    ["`demand` to be 'forward', 'accumulate' or an Observable of the two, got 5", answer, { demand: 5 }],
    [
      "`demand` to be 'forward', 'accumulate' or an Observable of the two, got null",
      answer,
      { demand: null },
    ],
  ])('are checked when it is called: expected %s', (message, handleDemand, options) => {
    expect(() => producer(handleDemand as never, options as never)).toThrow(
      new TypeError(`Expected ${message}`),
    );
  });

  it.each<[string, object]>([
    ['`bufferSize` to be an integer of at least 0, or Infinity, got -1', { bufferSize: -1 }],
    ['`bufferSize` to be an integer of at least 0, or Infinity, got NaN', { bufferSize: NaN }],
    ["`bufferKeep` to be one of 'first', 'last', got 'all'", { bufferKeep: 'all' }],
    [
      "`demand` to be 'forward', or an Observable of 'forward' and 'accumulate', got 'accumulate'",
      { demand: 'accumulate' },
    ],
  ])('are checked when it is called: expected %s', (message, options) => {
    expect(() => producer(answer, options)).toThrow(new RangeError(`Expected ${message}`));
  });

  it.each<['first' | 'last', number[], number[]]>([
    ['last', [3, 4], [2]],
    ['first', [2, 3], [4]],
  ])(
    'bufferSize and bufferKeep: %s decide what is dropped, and `discarded` is told',
    (bufferKeep, kept, dropped) => {
      const discarded = jest.fn<void, [readonly number[], DiscardCause]>();
      const { consumer, context } = open<number>({ bufferSize: 2, bufferKeep, discarded });
      context.emit([1, 2, 3, 4]);
      expect(discarded.mock.calls).toEqual([[dropped, 'overflow']]);
      consumer.ask(5);
      expect(consumer.events).toEqual([1, ...kept]);
      consumer.unsubscribe();
      expect(discarded).toHaveBeenCalledTimes(1);
    },
  );

  it('warns once of what is dropped if nobody listens', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const { context } = open<number>({ bufferSize: 0 });
    context.emit([1, 2]);
    context.emit([3]);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toMatch(
      /^producer dropped 1 event\(s\) that nobody will get \(overflow\)/,
    );
    warn.mockRestore();
  });

  it('errors if `discarded` throws', () => {
    const { consumer, context } = open<number>({
      bufferSize: 0,
      discarded: () => {
        throw new Error('listener');
      },
    });
    context.emit([1, 2]);
    expect(consumer.events).toEqual([1]);
    expect((consumer.ended as Error).message).toBe('listener');
  });

  it('can be used again after `discarded` has thrown as it stopped', () => {
    const { source, consumer, context } = open<number>({
      discarded: () => {
        throw new Error('listener');
      },
    });
    context.emit([1, 2]);
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    consumer.unsubscribe();
    expect(warn).toHaveBeenCalledWith('A stage failed as it stopped:', expect.any(Error));
    warn.mockRestore();
    const next = new RawConsumer(source);
    expect(next.ended).toBeUndefined();
  });

  it('calls the hooks as methods of the options', () => {
    class Options {
      readonly told: unknown[] = [];
      handleSubscribe({ to }: ConsumerSubscription): void {
        this.told.push(to);
      }
      handleCancel(kind: string, reason: unknown): void {
        this.told.push(kind, reason);
      }
      handleInfo(message: unknown): void {
        this.told.push(message);
      }
      discarded(events: readonly number[]): void {
        this.told.push(events);
      }
    }
    const options = new Options();
    const { consumer, context } = open<number>(options);
    context.info('hello');
    context.emit([1, 2]);
    consumer.unsubscribe();
    expect(options.told).toEqual(['consumer', 'hello', 'cancel', 'normal', [2]]);
  });

  describe('handleSubscribe and handleCancel', () => {
    it('tell of each consumer, with the options it subscribed with', () => {
      const told: unknown[] = [];
      const source = producer(answer, {
        dispatcher: partition({ partitions: 2, hash: () => [0, 'x'] as never }),
        handleSubscribe: ({ options }) => told.push(['came', options.partition]),
        handleCancel: (kind, reason, { options }) => told.push([kind, reason, options.partition]),
      });
      const first = source.events(NEVER, { partition: 0 }).subscribe();
      const second = source.events(NEVER, { partition: 1 }).subscribe();
      first.unsubscribe();
      second.unsubscribe();
      expect(told).toEqual([
        ['came', 0],
        ['came', 1],
        ['cancel', 'normal', 0],
        ['cancel', 'normal', 1],
      ]);
    });

    it.each<[string, unknown, unknown]>([
      ['completes it: nothing', undefined, 'complete'],
      ['completes it: shutdown', 'shutdown', 'complete'],
      ['completes it: shutdown with a detail', ['shutdown', 'deploy'], 'complete'],
      ['errors it: any other', 'rude', 'rude'],
    ])('a consumer that is cancelled with a reason: that %s', (_, reason, ended) => {
      const subscriptions: ConsumerSubscription[] = [];
      const cancelled: unknown[] = [];
      const source = producer(answer, {
        handleSubscribe: (subscription) => void subscriptions.push(subscription),
        handleCancel: (kind, why) => void cancelled.push([kind, why]),
      });
      const first = new RawConsumer(source);
      const second = new RawConsumer(source);
      subscriptions[0]!.cancel(reason);
      expect(first.ended).toEqual(ended);
      expect(cancelled).toEqual([['cancel', reason ?? 'normal']]);
      second.ask(1);
      expect(second.events).toEqual(['x']);
    });

    it('refuse a consumer at once', () => {
      const source = producer(answer, {
        handleSubscribe: (subscription) => subscription.cancel(new Error('no')),
      });
      const got = record(source.pipe(consume()));
      expect(got.values).toEqual([]);
      expect((got.ended as Error).message).toBe('no');
    });

    it.each<'handleSubscribe' | 'handleCancel'>(['handleSubscribe', 'handleCancel'])(
      'error the producer if they throw: %s',
      (hook) => {
        const source = producer(answer, {
          [hook]: () => {
            throw new Error('hook');
          },
        });
        const staying = new RawConsumer(source);
        const leaving = new RawConsumer(source);
        leaving.unsubscribe();
        expect((staying.ended as Error).message).toBe('hook');
      },
    );
  });

  it('takes a dispatcher: all consumers get all events under broadcast', () => {
    const source = producer(answer, { dispatcher: broadcast() });
    const consumers = [new RawConsumer(source), new RawConsumer(source)];
    for (const consumer of consumers) consumer.ask(2);
    expect(consumers.map(({ events }) => events)).toEqual([
      ['x', 'x'],
      ['x', 'x'],
    ]);
  });

  it('hands a side message to handleInfo after the events that wait', () => {
    const told: unknown[] = [];
    const { consumer, context } = open<string>({ handleInfo: (message) => void told.push(message) });
    consumer.ask(1);
    context.emit(['a', 'b', 'c']);
    context.info('after c');
    context.emit(['d']);
    expect(told).toEqual([]);
    consumer.ask(1);
    expect(told).toEqual(['after c']);
    consumer.unsubscribe();
  });

  describe('demand, the gate', () => {
    it('holds demand and events until it opens, and when it is closed again', () => {
      marbles(({ cold, hot, demand, expectObservable }) => {
        const gate = cold<DemandMode>('--f---a---f--', { f: 'forward', a: 'accumulate' });
        const asked = '                11------1----';
        const pushed = hot('            -------x------');
        // The last ask is answered with c, but what was pushed before it comes first.
        const expected = '              --(ab)----x--';
        const events = ['a', 'b', 'c'];
        const source = producer<string>(
          (count, { emit, signal }) => {
            const pushes = pushed.subscribe((event) => !signal.aborted && emit([event]));
            signal.addEventListener('abort', () => pushes.unsubscribe());
            return events.splice(0, count);
          },
          { demand: gate },
        );
        expectObservable(source.events(demand(asked))).toBe(expected, {
          a: ['a'],
          b: ['b'],
          x: ['x'],
        });
      });
    });

    it('stays as it is when it completes, and errors the producer when it errors', () => {
      const closed = new RawConsumer(producer(answer, { demand: EMPTY }));
      closed.ask(1);
      expect(closed.events).toEqual([]);
      const opened = new RawConsumer(producer(answer, { demand: of('forward' as const) }));
      opened.ask(1);
      expect(opened.events).toEqual(['x']);
      const broken = new RawConsumer(producer(answer, { demand: throwError(() => boom) }));
      expect(broken.ended).toBe(boom);
      const wrong = new RawConsumer(producer(answer, { demand: from(['ajar' as never]) }));
      expect((wrong.ended as Error).message).toBe(
        "Expected `mode` to be one of 'forward', 'accumulate', got 'ajar'",
      );
    });

    it('is followed from the first consumer to the last, and errors while a promise is awaited', () => {
      const gate = new Subject<DemandMode>();
      const source = producer(() => new Promise<never>(() => {}), { demand: gate });
      const got = record(source.pipe(handleEvents(() => [])));
      expect(gate.observed).toBe(true);
      got.unsubscribe();
      expect(gate.observed).toBe(false);
      const again = record(source.pipe(handleEvents(() => [])));
      gate.next('forward');
      gate.error(boom);
      expect(again.ended).toBe(boom);
    });
  });
});
