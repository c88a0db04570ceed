import { DemandDispatcher } from '../../src/engine/index.ts';
import { FakeConsumer } from './support/FakeConsumer.ts';

/** A dispatcher of numbers with `count` consumers. */
function subscribed(count: number): readonly [DemandDispatcher<number>, ...FakeConsumer<number>[]] {
  const dispatcher = new DemandDispatcher<number>();
  const consumers = Array.from({ length: count }, () => new FakeConsumer<number>());
  for (const consumer of consumers) dispatcher.subscribe(consumer);
  return [dispatcher, ...consumers];
}

type Of<N extends number, C = FakeConsumer<number>> = N extends 1
  ? [DemandDispatcher<number>, C]
  : N extends 2
    ? [DemandDispatcher<number>, C, C]
    : [DemandDispatcher<number>, C, C, C];

const withConsumers = <N extends 1 | 2 | 3>(count: N): Of<N> => subscribed(count) as unknown as Of<N>;

describe('DemandDispatcher', () => {
  it('passes no demand on for a consumer that comes', () => {
    const dispatcher = new DemandDispatcher();
    expect(dispatcher.subscribe(new FakeConsumer())).toBe(0);
    expect(dispatcher.demand).toBe(0);
  });

  it('passes each ask on', () => {
    const [dispatcher, a, b] = withConsumers(2);
    expect([dispatcher.ask(a, 3), dispatcher.ask(b, 2), dispatcher.ask(a, 1)]).toEqual([3, 2, 1]);
    expect(dispatcher.demand).toBe(6);
  });

  it('sends what was asked for, and returns the rest', () => {
    const [dispatcher, a] = withConsumers(1);
    dispatcher.ask(a, 2);
    expect(dispatcher.dispatch([1, 2, 3])).toEqual([3]);
    expect(a.batches).toEqual([[1, 2]]);
    expect(dispatcher.demand).toBe(0);
    expect(dispatcher.dispatch([4])).toEqual([4]);
  });

  it('sends nothing without demand, not even an empty batch', () => {
    const [dispatcher, a] = withConsumers(1);
    dispatcher.dispatch([1]);
    dispatcher.ask(a, 1);
    dispatcher.dispatch([]);
    expect(a.batches).toEqual([]);
  });

  it('sends a batch that goes to one consumer as it is', () => {
    const [dispatcher, a] = withConsumers(1);
    const events = [1, 2];
    dispatcher.ask(a, 3);
    dispatcher.dispatch(events);
    expect(a.batches[0]).toBe(events);
  });

  it('does not change the array that it was given', () => {
    const [dispatcher, a, b] = withConsumers(2);
    dispatcher.ask(a, 1);
    dispatcher.ask(b, 1);
    const events = Object.freeze([1, 2, 3]);
    expect(dispatcher.dispatch(events)).toEqual([3]);
    expect([a.events, b.events]).toEqual([[1], [2]]);
  });

  it('sends to the biggest demand first', () => {
    const [dispatcher, a, b, c] = withConsumers(3);
    dispatcher.ask(a, 2);
    dispatcher.ask(b, 5);
    dispatcher.ask(c, 3);
    dispatcher.dispatch([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect([a.events, b.events, c.events]).toEqual([
      [9, 10],
      [1, 2, 3, 4, 5],
      [6, 7, 8],
    ]);
  });

  it('sends each batch to the demand that is the biggest then', () => {
    const [dispatcher, a, b] = withConsumers(2);
    dispatcher.ask(a, 3);
    dispatcher.ask(b, 2);
    for (const batch of [[1, 2], [3], [4], [5]]) dispatcher.dispatch(batch);
    expect(a.batches).toEqual([[1, 2], [4]]);
    expect(b.batches).toEqual([[3], [5]]);
  });

  it('sends to the one who asked first, among equals', () => {
    const [dispatcher, a, b, c] = withConsumers(3);
    for (const consumer of [b, a, c]) dispatcher.ask(consumer, 1);
    dispatcher.dispatch([1, 2, 3]);
    expect([b.events, a.events, c.events]).toEqual([[1], [2], [3]]);
  });

  it('puts a consumer behind its equals again each time that its demand changes', () => {
    const [dispatcher, a, b] = withConsumers(2);
    dispatcher.ask(a, 2);
    dispatcher.ask(b, 1);
    dispatcher.dispatch([1]);
    // Both are owed one now, and b has been for longer.
    dispatcher.dispatch([2]);
    expect([a.events, b.events]).toEqual([[1], [2]]);
  });

  it('gives turns to workers that ask for one each', () => {
    const [dispatcher, a, b, c] = withConsumers(3);
    for (const consumer of [a, b, c]) dispatcher.ask(consumer, 1);
    for (let event = 0; event < 9; event++) {
      dispatcher.dispatch([event]);
      dispatcher.ask([a, b, c][event % 3]!, 1);
    }
    expect([a.events, b.events, c.events]).toEqual([
      [0, 3, 6],
      [1, 4, 7],
      [2, 5, 8],
    ]);
  });

  it('answers the asker', () => {
    expect(new DemandDispatcher().answersAsker).toBe(true);
  });

  it('knows only who has subscribed', () => {
    const dispatcher = new DemandDispatcher();
    const stranger = new FakeConsumer();
    const unknown = 'This consumer is not subscribed to the dispatcher';
    expect(() => dispatcher.ask(stranger, 1)).toThrow(unknown);
    expect(() => dispatcher.cancel(stranger)).toThrow(unknown);
  });
});

describe('DemandDispatcher, when a consumer leaves', () => {
  it('sends it nothing more', () => {
    const [dispatcher, a] = withConsumers(1);
    dispatcher.ask(a, 5);
    expect(dispatcher.cancel(a)).toBe(0);
    expect(dispatcher.demand).toBe(0);
    expect(dispatcher.dispatch([1])).toEqual([1]);
    expect(a.events).toEqual([]);
  });

  it('counts what it was owed for the next that asks', () => {
    const [dispatcher, a, b] = withConsumers(2);
    dispatcher.ask(a, 5);
    dispatcher.cancel(a);
    expect(dispatcher.ask(b, 3)).toBe(0);
    expect(dispatcher.ask(b, 3)).toBe(1);
    expect(dispatcher.ask(b, 3)).toBe(3);
    expect(dispatcher.demand).toBe(9);
  });

  it('no longer counts it once the events have come', () => {
    const [dispatcher, a, b] = withConsumers(2);
    dispatcher.ask(a, 5);
    dispatcher.cancel(a);
    // Two of the five came and found nobody.
    expect(dispatcher.dispatch([1, 2])).toEqual([1, 2]);
    expect(dispatcher.ask(b, 5)).toBe(2);
  });

  it('counts only what it was still owed', () => {
    const [dispatcher, a, b] = withConsumers(2);
    dispatcher.ask(a, 5);
    dispatcher.dispatch([1, 2]);
    dispatcher.cancel(a);
    expect(dispatcher.ask(b, 5)).toBe(2);
  });

  it('adds up what several were owed', () => {
    const [dispatcher, a, b, c] = withConsumers(3);
    dispatcher.ask(a, 2);
    dispatcher.ask(b, 3);
    dispatcher.cancel(b);
    dispatcher.cancel(a);
    expect(dispatcher.ask(c, 6)).toBe(1);
  });

  it('keeps the others in their order', () => {
    const [dispatcher, a, b, c] = withConsumers(3);
    for (const consumer of [a, b, c]) dispatcher.ask(consumer, 2);
    dispatcher.cancel(b);
    expect(dispatcher.dispatch([1, 2, 3, 4, 5])).toEqual([5]);
    expect([a.events, c.events]).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('takes it anew if it comes back', () => {
    const [dispatcher, a] = withConsumers(1);
    dispatcher.cancel(a);
    dispatcher.subscribe(a);
    dispatcher.ask(a, 1);
    dispatcher.dispatch([1]);
    expect(a.events).toEqual([1]);
  });
});

describe('DemandDispatcher, asked for endless demand', () => {
  it('sends all that comes to it, for it is the biggest', () => {
    const [dispatcher, a, b] = withConsumers(2);
    dispatcher.ask(b, 5);
    expect(dispatcher.ask(a, Infinity)).toBe(Infinity);
    expect(dispatcher.dispatch([1, 2, 3])).toEqual([]);
    expect(a.events).toEqual([1, 2, 3]);
    expect(dispatcher.demand).toBe(Infinity);
  });

  it('gives turns to several', () => {
    const [dispatcher, a, b] = withConsumers(2);
    dispatcher.ask(a, Infinity);
    dispatcher.ask(b, Infinity);
    for (const event of [1, 2, 3, 4]) dispatcher.dispatch([event]);
    expect([a.events, b.events]).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it('counts the finite demand of the others when it has left', () => {
    const [dispatcher, a, b, c] = withConsumers(3);
    dispatcher.ask(a, Infinity);
    dispatcher.ask(b, 2);
    dispatcher.ask(c, 3);
    dispatcher.cancel(a);
    expect(dispatcher.demand).toBe(5);
    expect(dispatcher.dispatch([1, 2, 3, 4, 5, 6])).toEqual([6]);
  });

  it('passes nothing on any more once it has left, for the producer owes without end', () => {
    const [dispatcher, a, b] = withConsumers(2);
    dispatcher.ask(a, Infinity);
    dispatcher.cancel(a);
    expect([dispatcher.ask(b, 3), dispatcher.ask(b, Infinity), dispatcher.ask(b, 3)]).toEqual([0, 0, 0]);
    expect(dispatcher.demand).toBe(Infinity);
  });

  it('may be asked again', () => {
    const [dispatcher, a] = withConsumers(1);
    dispatcher.ask(a, Infinity);
    dispatcher.ask(a, 1);
    dispatcher.ask(a, Infinity);
    dispatcher.dispatch([1]);
    expect(dispatcher.demand).toBe(Infinity);
    dispatcher.cancel(a);
    expect(dispatcher.demand).toBe(0);
  });
});
