import { KeySerialDispatcher } from '../../src/engine/index.ts';
import { FakeConsumer } from './support/FakeConsumer.ts';
import { FakeHost } from './support/FakeHost.ts';
import { jobs, newKeySerial } from './support/newKeySerial.ts';

describe('KeySerialDispatcher', () => {
  it('sends one event of a key at a time', () => {
    const { subscribe, ask, come, done, holds } = newKeySerial();
    const a = subscribe();
    ask(a, 5);
    come('a1 a2 a3');
    expect(a.batches).toEqual([['a1']]);
    done(a, 'a1');
    done(a, 'a2');
    expect(a.batches).toEqual([['a1'], ['a2'], ['a3']]);
    expect([...holds]).toEqual([]);
  });

  it('sends events of different keys at once, in one batch', () => {
    const { subscribe, ask, come } = newKeySerial();
    const a = subscribe();
    ask(a, 5);
    come('a1 b1 c1');
    expect(a.batches).toEqual([['a1', 'b1', 'c1']]);
  });

  it('lets an event whose key is busy hold up no other', () => {
    const { subscribe, ask, come, dispatcher, holds } = newKeySerial();
    const a = subscribe();
    ask(a, 3);
    come('a1 a2 a3 b1 b2 c1');
    expect(a.events).toEqual(['a1', 'b1', 'c1']);
    expect([...holds]).toEqual(['a2', 'a3', 'b2']);
    expect([holds.length, holds.ready, dispatcher.demand]).toEqual([3, 0, 0]);
  });

  it('gives keys that are ready turns', () => {
    const { subscribe, ask, come, done } = newKeySerial();
    const a = subscribe();
    come('a1 a2 a3 a4 b1 b2 c1');
    const order: string[] = [];
    for (let i = 0; i < 7; i++) {
      ask(a, 1);
      const now = a.events[i]!;
      order.push(now);
      done(a, now);
    }
    expect(order).toEqual(jobs('a1 b1 c1 a2 b2 a3 a4'));
  });

  it('gives consumers turns', () => {
    const { subscribe, ask, come } = newKeySerial();
    const [a, b] = [subscribe(), subscribe()];
    ask(a, 5);
    ask(b, 2);
    come('a1 b1 c1 d1 e1 f1');
    expect([a.batches, b.batches]).toEqual([[['a1', 'c1', 'e1', 'f1']], [['b1', 'd1']]]);
  });

  it('lets another consumer do the next event of a key', () => {
    const { subscribe, ask, come, done } = newKeySerial();
    const [a, b] = [subscribe(), subscribe()];
    ask(a, 1);
    come('a1 a2');
    ask(b, 1);
    expect(b.events).toEqual([]);
    done(a, 'a1');
    expect(b.events).toEqual(['a2']);
  });

  it('compares keys as a Map does', () => {
    const object = {};
    const keys: Record<string, unknown> = { a: NaN, b: NaN, c: 0, d: -0, e: object, f: {}, g: '0' };
    const { subscribe, ask, come } = newKeySerial({ key: (job) => keys[job] });
    const a = subscribe();
    ask(a, 10);
    come('a b c d e f g');
    expect(a.events).toEqual(jobs('a c e f g'));
  });

  it('takes events that are in work for done once only', () => {
    const { subscribe, ask, come, done } = newKeySerial();
    const a = subscribe();
    ask(a, 9);
    come('a1 a2 a3');
    done(a, 'a1 a1 a1');
    expect(a.events).toEqual(['a1', 'a2']);
  });

  it('lets a consumer tell of its own events only', () => {
    const { subscribe, ask, come, done } = newKeySerial();
    const [a, b] = [subscribe(), subscribe()];
    ask(a, 1);
    come('a1 a2');
    ask(b, 1);
    done(b, 'a1 a2 a9');
    expect(b.events).toEqual([]);
  });

  it('knows equal events apart by who has them', () => {
    let key = 0;
    const { subscribe, ask, come, done, dispatcher } = newKeySerial({ key: () => (key = 1 - key) });
    const [a, b] = [subscribe(), subscribe()];
    ask(a, 1);
    ask(b, 1);
    // The keys are 1, 0, 1, 0.
    come('x x x x');
    ask(a, 2);
    done(a, 'x');
    expect([a.events.length, b.events.length]).toEqual([2, 1]);
    done(b, 'x');
    expect([a.events.length, b.events.length]).toEqual([3, 1]);
    expect(dispatcher.demand).toBe(0);
  });

  it('does not mind that an event has changed its key in work', () => {
    const [job, next] = [{ account: 'a' }, { account: 'a' }];
    const key = (event: { account: string }) => event.account;
    const dispatcher = new KeySerialDispatcher<{ account: string }>({ key }, new FakeHost());
    const { holds } = dispatcher;
    const worker = new FakeConsumer<{ account: string }>({}, {}, true);
    dispatcher.subscribe(worker);
    dispatcher.ask(worker, 2);
    holds.store([job, next]);
    dispatcher.dispatch(holds.take(2));
    job.account = 'changed';
    dispatcher.settled(worker, [job]);
    expect(holds.take(1)).toEqual([next]);
  });

  it('sends nothing but what it has let go', () => {
    const { dispatcher, holds, come } = newKeySerial();
    const nothing = 'keySerial sends what it has let go, and nothing else';
    come('a1');
    expect(() => dispatcher.dispatch(['a1'])).toThrow(nothing);
    holds.take(1);
    expect(() => dispatcher.dispatch([])).toThrow(nothing);
  });

  it('knows only who has subscribed', () => {
    const { dispatcher, subscribe, leave } = newKeySerial();
    const stranger = subscribe();
    leave(stranger);
    const unknown = 'This consumer is not subscribed to the dispatcher';
    expect(() => dispatcher.ask(stranger, 1)).toThrow(unknown);
    expect(() => dispatcher.cancel(stranger)).toThrow(unknown);
    expect(() => dispatcher.settled(stranger, [])).toThrow(unknown);
  });
});

describe('KeySerialDispatcher, with a consumer that does not tell', () => {
  it('takes its first asks for nothing that was done', () => {
    const { subscribeSilent, ask, come } = newKeySerial();
    const a = subscribeSilent();
    ask(a, 1);
    ask(a, 1);
    come('a1 a2');
    expect(a.events).toEqual(['a1']);
  });

  it('takes its oldest events for done, as many as it asks for', () => {
    const { subscribeSilent, ask, come } = newKeySerial();
    const a = subscribeSilent();
    ask(a, 4);
    come('a1 b1 c1 a2 b2 c2');
    ask(a, 2);
    expect(a.batches).toEqual([
      ['a1', 'b1', 'c1'],
      ['a2', 'b2'],
    ]);
    ask(a, 1);
    expect(a.batches.at(-1)).toEqual(['c2']);
  });

  it('takes each event for done as it is sent, if it has asked for all', () => {
    const { subscribeSilent, ask, come, done, holds } = newKeySerial();
    const a = subscribeSilent();
    ask(a, Infinity);
    come('a1 a2 b1 a3');
    expect(a.batches).toEqual([['a1', 'b1'], ['a2'], ['a3']]);
    expect(holds).toHaveLength(0);
    expect(() => done(a, 'a1')).not.toThrow();
  });
});

describe('KeySerialDispatcher, when a consumer leaves', () => {
  it('takes what it had in work for done', () => {
    const { subscribe, ask, come, leave } = newKeySerial();
    const [a, b] = [subscribe(), subscribe()];
    ask(a, 2);
    come('a1 b1 a2 b2');
    ask(b, 2);
    leave(a);
    expect(b.batches).toEqual([['a2', 'b2']]);
  });

  it('sends it nothing more', () => {
    const { subscribe, ask, come, leave, dispatcher } = newKeySerial();
    const a = subscribe();
    ask(a, 2);
    leave(a);
    expect(dispatcher.demand).toBe(0);
    come('a1');
    expect(a.events).toEqual([]);
  });

  it('puts events that it gives back in front of their keys', () => {
    const { subscribe, ask, come, leave, holds } = newKeySerial();
    const [a, b] = [subscribe(), subscribe()];
    ask(a, 3);
    come('a1 b1 c1 a2 b2 d1');
    holds.prepend(['b1', 'c1']);
    leave(a);
    expect([...holds]).toEqual(jobs('b1 c1 a2 b2 d1'));
    ask(b, 2);
    ask(b, 2);
    expect(b.batches).toEqual([
      ['b1', 'c1'],
      ['d1', 'a2'],
    ]);
  });

  it('keeps a given back event waiting while another of its key is in work', () => {
    const { subscribe, ask, come, leave, done, holds } = newKeySerial();
    const [a, b] = [subscribe(), subscribe()];
    ask(a, 1);
    come('a1 a2');
    ask(b, 5);
    leave(a);
    expect(b.events).toEqual(['a2']);
    // It was taken for done already, and comes back late.
    holds.prepend(['a1']);
    expect(holds.take(5)).toEqual([]);
    done(b, 'a2');
    expect(b.events).toEqual(['a2', 'a1']);
  });
});

describe('KeySerialDispatcher, about an event for which `key` throws', () => {
  let warn: jest.SpyInstance;

  beforeEach(() => {
    warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
  });

  afterEach(() => {
    warn.mockRestore();
  });

  const boom = new Error('boom');
  const throwing = () =>
    newKeySerial({
      key: (job) => {
        if (job.startsWith('!')) throw boom;
        return job[0];
      },
    });

  it('discards it, and goes on with the others', () => {
    const { subscribe, ask, come, host } = throwing();
    const a = subscribe();
    ask(a, 5);
    come('a1 !1 b1 !2');
    expect(a.events).toEqual(['a1', 'b1']);
    expect(host.dropped).toEqual(['!1', '!2']);
    expect(host.causes).toEqual(['unroutable', 'unroutable']);
  });

  it('tells the console of the first error', () => {
    const { come } = throwing();
    come('!1 !2');
    come('!3');
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('`key` of keySerial has thrown'), boom);
  });

  it('asks for another in its place', () => {
    const { subscribe, ask, come } = throwing();
    expect(ask(subscribe(), 3)).toBe(3);
    expect(come('a1 !1 !2')).toBe(2);
  });

  it('takes it for one that does not wait', () => {
    expect(throwing().holds.mayGo('!1')).toBe(true);
  });
});
