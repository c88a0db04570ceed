import { FairDispatcher } from '../../src/engine/index.ts';
import { FakeConsumer } from './support/FakeConsumer.ts';

interface Fair {
  readonly dispatcher: FairDispatcher<number>;
  readonly subscribe: () => FakeConsumer<number>;
}

function newFair(): Fair {
  const dispatcher = new FairDispatcher<number>();
  const subscribe = () => {
    const consumer = new FakeConsumer<number>();
    expect(dispatcher.subscribe(consumer)).toBe(0);
    return consumer;
  };
  return { dispatcher, subscribe };
}

describe('FairDispatcher', () => {
  it('gives one event to each in turn, in one batch a dispatch', () => {
    const { dispatcher, subscribe } = newFair();
    const [a, b, c] = [subscribe(), subscribe(), subscribe()];
    dispatcher.ask(a, 100);
    dispatcher.ask(b, 3);
    dispatcher.ask(c, 10);
    expect(dispatcher.dispatch([1, 2, 3, 4, 5, 6, 7])).toEqual([]);
    expect([a.batches, b.batches, c.batches]).toEqual([[[1, 4, 7]], [[2, 5]], [[3, 6]]]);
  });

  it('goes on from dispatch to dispatch with the one whose turn it is', () => {
    const { dispatcher, subscribe } = newFair();
    const [a, b, c] = [subscribe(), subscribe(), subscribe()];
    for (const consumer of [a, b, c]) dispatcher.ask(consumer, 9);
    for (const batch of [[1], [2], [3, 4], [5]]) dispatcher.dispatch(batch);
    expect([a.events, b.events, c.events]).toEqual([[1, 4], [2, 5], [3]]);
  });

  it('leaves out who is owed nothing any more', () => {
    const { dispatcher, subscribe } = newFair();
    const [a, b] = [subscribe(), subscribe()];
    dispatcher.ask(a, 1);
    dispatcher.ask(b, 9);
    dispatcher.dispatch([1, 2, 3, 4]);
    expect([a.events, b.events]).toEqual([[1], [2, 3, 4]]);
  });

  it('puts who begins to be owed behind all others', () => {
    const { dispatcher, subscribe } = newFair();
    const [a, b, c] = [subscribe(), subscribe(), subscribe()];
    dispatcher.ask(b, 9);
    dispatcher.ask(c, 9);
    dispatcher.dispatch([1]);
    dispatcher.ask(a, 9);
    // It was served, so it would be the last; a is behind it all the same.
    dispatcher.dispatch([2, 3, 4]);
    expect([a.events, b.events, c.events]).toEqual([[4], [1, 3], [2]]);
  });

  it('keeps the place of who asks for more', () => {
    const { dispatcher, subscribe } = newFair();
    const [a, b] = [subscribe(), subscribe()];
    dispatcher.ask(a, 1);
    dispatcher.ask(b, 1);
    dispatcher.ask(a, 1);
    dispatcher.dispatch([1, 2, 3]);
    expect([a.events, b.events]).toEqual([[1, 3], [2]]);
  });

  it('hands a batch that goes to one consumer over as it is', () => {
    const { dispatcher, subscribe } = newFair();
    const a = subscribe();
    subscribe();
    const events = [1, 2, 3];
    dispatcher.ask(a, 4);
    dispatcher.dispatch(events);
    expect(a.batches[0]).toBe(events);
    expect(dispatcher.demand).toBe(1);
    dispatcher.dispatch([4]);
    expect(dispatcher.demand).toBe(0);
  });

  it('returns what nobody has asked for', () => {
    const { dispatcher, subscribe } = newFair();
    const [a, b] = [subscribe(), subscribe()];
    expect(dispatcher.dispatch([1])).toEqual([1]);
    dispatcher.ask(a, 1);
    expect(dispatcher.dispatch([1, 2])).toEqual([2]);
    dispatcher.ask(a, 1);
    dispatcher.ask(b, 1);
    expect(dispatcher.dispatch(Object.freeze([2, 3, 4, 5]))).toEqual([4, 5]);
    expect([a.events, b.events]).toEqual([[1, 2], [3]]);
  });

  it('sends no empty batch', () => {
    const { dispatcher, subscribe } = newFair();
    const a = subscribe();
    dispatcher.ask(a, 1);
    expect(dispatcher.dispatch([])).toEqual([]);
    expect(a.batches).toEqual([]);
  });

  it('passes each ask on', () => {
    const { dispatcher, subscribe } = newFair();
    const [a, b] = [subscribe(), subscribe()];
    expect([dispatcher.ask(a, 3), dispatcher.ask(b, 2), dispatcher.ask(a, 1)]).toEqual([3, 2, 1]);
    expect(dispatcher.demand).toBe(6);
  });

  it('answers the asker, and is idle while nobody is owed anything', () => {
    const { dispatcher, subscribe } = newFair();
    const [a, b] = [subscribe(), subscribe()];
    expect([dispatcher.answersAsker, dispatcher.idle]).toEqual([true, true]);
    dispatcher.ask(a, 1);
    expect(dispatcher.idle).toBe(false);
    dispatcher.cancel(a);
    // It is still on its way.
    expect(dispatcher.idle).toBe(false);
    dispatcher.ask(b, 1);
    dispatcher.dispatch([1]);
    expect(dispatcher.idle).toBe(true);
  });

  it('knows only who has subscribed', () => {
    const { dispatcher } = newFair();
    const unknown = 'This consumer is not subscribed to the dispatcher';
    expect(() => dispatcher.ask(new FakeConsumer(), 1)).toThrow(unknown);
    expect(() => dispatcher.cancel(new FakeConsumer())).toThrow(unknown);
  });
});

describe('FairDispatcher, when a consumer leaves', () => {
  it('goes on with the others, whoever it was', () => {
    for (const leaver of [0, 1, 2]) {
      const { dispatcher, subscribe } = newFair();
      const all = [subscribe(), subscribe(), subscribe()];
      for (const consumer of all) dispatcher.ask(consumer, 2);
      dispatcher.dispatch([0]);
      dispatcher.cancel(all[leaver]!);
      expect(dispatcher.demand).toBe(leaver === 0 ? 4 : 3);
      expect(dispatcher.dispatch([1, 2, 3, 4])).toHaveLength(leaver === 0 ? 0 : 1);
      expect(all[leaver]!.events).toEqual(leaver === 0 ? [0] : []);
    }
  });

  it('counts what it was owed for the next that asks', () => {
    const { dispatcher, subscribe } = newFair();
    const [a, b] = [subscribe(), subscribe()];
    dispatcher.ask(a, 5);
    dispatcher.dispatch([1]);
    expect(dispatcher.cancel(a)).toBe(0);
    expect(dispatcher.dispatch([2])).toEqual([2]);
    expect([dispatcher.ask(b, 2), dispatcher.ask(b, 2), dispatcher.ask(b, 2)]).toEqual([0, 1, 2]);
  });

  it('takes it anew if it comes back', () => {
    const { dispatcher, subscribe } = newFair();
    const a = subscribe();
    dispatcher.ask(a, 2);
    dispatcher.cancel(a);
    dispatcher.subscribe(a);
    expect(dispatcher.dispatch([1])).toEqual([1]);
    dispatcher.ask(a, 1);
    dispatcher.dispatch([1]);
    expect(a.events).toEqual([1]);
  });
});

describe('FairDispatcher, asked for endless demand', () => {
  it('gives everybody turns all the same', () => {
    const { dispatcher, subscribe } = newFair();
    const [a, b, c] = [subscribe(), subscribe(), subscribe()];
    expect(dispatcher.ask(a, Infinity)).toBe(Infinity);
    dispatcher.ask(b, Infinity);
    dispatcher.ask(c, 1);
    dispatcher.dispatch([1, 2, 3, 4, 5]);
    expect([a.events, b.events, c.events]).toEqual([[1, 4], [2, 5], [3]]);
    expect(dispatcher.demand).toBe(Infinity);
  });

  it('counts the finite demand of the others when it has left', () => {
    const { dispatcher, subscribe } = newFair();
    const [a, b] = [subscribe(), subscribe()];
    dispatcher.ask(a, 3);
    dispatcher.ask(a, Infinity);
    dispatcher.ask(a, 4);
    dispatcher.ask(b, 2);
    expect(dispatcher.demand).toBe(Infinity);
    dispatcher.cancel(a);
    expect(dispatcher.demand).toBe(2);
    // The producer owes without end.
    expect([dispatcher.ask(b, 3), dispatcher.ask(b, Infinity)]).toEqual([0, 0]);
  });

  it('hands whole batches to the only one', () => {
    const { dispatcher, subscribe } = newFair();
    const a = subscribe();
    dispatcher.ask(a, Infinity);
    const events = [1, 2];
    dispatcher.dispatch(events);
    expect(a.batches[0]).toBe(events);
    expect(dispatcher.demand).toBe(Infinity);
  });
});
