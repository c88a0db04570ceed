import { DemandDispatcher, type DemandDispatcherOptions } from '../../src/engine/index.ts';
import { demand } from '../../src/index.ts';
import { FakeConsumer } from './support/FakeConsumer.ts';
import { FakeHost } from './support/FakeHost.ts';

/** Consumers that have asked for so much each. */
function asked(
  options: DemandDispatcherOptions,
  ...demands: readonly number[]
): { readonly dispatcher: DemandDispatcher<number>; readonly consumers: readonly FakeConsumer<number>[] } {
  const dispatcher = new DemandDispatcher<number>(options);
  const consumers = demands.map((count) => {
    const consumer = new FakeConsumer<number>();
    dispatcher.subscribe(consumer);
    if (count > 0) dispatcher.ask(consumer, count);
    return consumer;
  });
  return { dispatcher, consumers };
}

const batches = (consumers: readonly FakeConsumer<number>[]) => consumers.map((consumer) => consumer.batches);

describe('shuffleDemandsOnFirstDispatch', () => {
  /** The shuffle puts the first at the end, and moves the others up. */
  const shuffles = { shuffleDemandsOnFirstDispatch: true, random: () => 0 };

  it('sends the first events to consumers in random order', () => {
    const { dispatcher, consumers } = asked(shuffles, 2, 2, 2);
    expect(dispatcher.dispatch([1, 2, 3])).toEqual([]);
    expect(batches(consumers)).toEqual([[], [[1, 2]], [[3]]]);
  });

  it('gives each all that it is owed, however much others are', () => {
    const { dispatcher, consumers } = asked(shuffles, 5, 3, 1);
    expect(dispatcher.dispatch([1, 2, 3, 4, 5])).toEqual([]);
    expect(batches(consumers)).toEqual([[[5]], [[1, 2, 3]], [[4]]]);
    expect(dispatcher.demand).toBe(4);
  });

  it('goes by demand again from the second dispatch on', () => {
    const { dispatcher, consumers } = asked(shuffles, 5, 3, 1);
    dispatcher.dispatch([1]);
    dispatcher.dispatch([2]);
    expect(batches(consumers)).toEqual([[[2]], [[1]], []]);
  });

  it('waits for the first dispatch that finds demand', () => {
    const { dispatcher, consumers } = asked(shuffles, 0, 0);
    expect(dispatcher.dispatch([1])).toEqual([1]);
    for (const consumer of consumers) dispatcher.ask(consumer, 2);
    dispatcher.dispatch([]);
    dispatcher.dispatch([1]);
    expect(batches(consumers)).toEqual([[], [[1]]]);
  });

  it('returns what nobody has asked for, and counts it', () => {
    const { dispatcher, consumers } = asked(shuffles, 2, 1);
    dispatcher.cancel(consumers[0]!);
    expect(dispatcher.dispatch([1, 2])).toEqual([2]);
    expect(dispatcher.ask(consumers[1]!, 3)).toBe(2);
  });

  it('takes endless demand as any other', () => {
    const { dispatcher, consumers } = asked(shuffles, Infinity, 1, 1);
    dispatcher.dispatch([1, 2, 3, 4]);
    expect(batches(consumers)).toEqual([[[3, 4]], [[1]], [[2]]]);
    expect(dispatcher.demand).toBe(Infinity);
  });

  it('makes every order as likely as any other', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const { dispatcher, consumers } = asked({ shuffleDemandsOnFirstDispatch: true }, 1, 1, 1);
      dispatcher.dispatch([1, 2, 3]);
      const order = consumers.map(({ events }) => events[0]).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['123', '132', '213', '231', '312', '321']);
    // Seven times the standard deviation.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(200);
  });

  it('stands random numbers that are out of range', () => {
    const { dispatcher, consumers } = asked({ ...shuffles, random: () => 1 }, 1, 1);
    dispatcher.dispatch([1, 2]);
    expect(consumers.flatMap(({ events }) => events).sort()).toEqual([1, 2]);
  });

  it('is off by default', () => {
    const { dispatcher, consumers } = asked({ random: () => 0 }, 1, 1);
    dispatcher.dispatch([1]);
    expect(batches(consumers)).toEqual([[[1]], []]);
  });
});

describe('maxDemand of the demand dispatcher', () => {
  let warn: jest.SpyInstance;

  beforeEach(() => {
    warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
  });

  afterEach(() => {
    warn.mockRestore();
  });

  it('has the console warned of a consumer that asks for more at a time', () => {
    asked({ maxDemand: 10 }, 10, 11);
    expect(warn.mock.calls).toEqual([
      [
        'A consumer asks for 11 events at a time where the demand dispatcher expects at most 10 (its `maxDemand`): the ' +
          'biggest demand is served first, so it gets more than its share. Give all consumers the same `maxDemand`, or ' +
          'use the `fair()` dispatcher.',
      ],
    ]);
  });

  it('serves that consumer all the same', () => {
    const { dispatcher, consumers } = asked({ maxDemand: 1 }, 1, 2);
    expect(dispatcher.dispatch([1, 2, 3])).toEqual([]);
    expect(batches(consumers)).toEqual([[[3]], [[1, 2]]]);
  });

  it('has it warned once for each consumer, however often that subscribes', () => {
    const dispatcher = new DemandDispatcher<number>({ maxDemand: 1 });
    const who = {};
    for (const consumer of [new FakeConsumer({}, who), new FakeConsumer({}, who), new FakeConsumer()]) {
      dispatcher.subscribe(consumer);
      dispatcher.ask(consumer, 5);
      dispatcher.ask(consumer, Infinity);
    }
    expect(warn).toHaveBeenCalledTimes(2);
  });

  it('does not mind that several asks add up to more', () => {
    const { dispatcher, consumers } = asked({ maxDemand: 2 }, 2);
    dispatcher.ask(consumers[0]!, 2);
    expect(warn).not.toHaveBeenCalled();
  });

  it('is endless by default: who asks for more than the first did is welcome', () => {
    asked({}, 1, 1000, Infinity);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('demand()', () => {
  it('makes a dispatcher for each producer, with its options', () => {
    const factory = demand<number>({ shuffleDemandsOnFirstDispatch: true, random: () => 0 });
    const [first, second] = [factory(new FakeHost()), factory(new FakeHost())];
    expect(first).toBeInstanceOf(DemandDispatcher);
    expect(first).not.toBe(second);
    const consumers = [new FakeConsumer<number>(), new FakeConsumer<number>()];
    for (const consumer of consumers) {
      first.subscribe(consumer);
      first.ask(consumer, 1);
    }
    first.dispatch([1]);
    expect(batches(consumers)).toEqual([[], [[1]]]);
  });

  it.each([
    [{ maxDemand: 0 }, 'Expected `maxDemand` to be a positive integer or Infinity, got 0'],
    [{ maxDemand: '1' }, "Expected `maxDemand` to be a positive integer or Infinity, got '1'"],
    [{ shuffleDemandsOnFirstDispatch: 1 }, 'Expected `shuffleDemandsOnFirstDispatch` to be a boolean, got 1'],
    [{ random: 0.5 }, 'Expected `random` to be a function, got 0.5'],
    [null, 'Expected `options` to be an object, got null'],
  ])('refuses %j, when it is called', (options, message) => {
    expect(() => demand(options as never)).toThrow(message);
    expect(() => new DemandDispatcher(options as never)).toThrow(message);
  });
});
