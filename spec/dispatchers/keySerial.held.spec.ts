import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { jobs, newKeySerial } from './support/newKeySerial.ts';

async function collectGarbage(): Promise<void> {
  // What has been looked at stays until the task ends.
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe('The events that a KeySerialDispatcher holds', () => {
  it('are iterated by age, over all keys', () => {
    const { come, holds } = newKeySerial();
    come('a1 b1 a2 c1 b2');
    expect([...holds]).toEqual(jobs('a1 b1 a2 c1 b2'));
  });

  it('are ready as far as their keys are', () => {
    const { come, subscribe, ask, holds } = newKeySerial();
    come('a1 a2 b1 c1');
    expect([holds.length, holds.ready]).toEqual([4, 3]);
    ask(subscribe(), 1);
    expect([holds.length, holds.ready]).toEqual([3, 2]);
  });

  it('do not go without demand', () => {
    const { come, holds } = newKeySerial();
    come('a1');
    expect(holds.take(0)).toEqual([]);
    expect(holds).toHaveLength(1);
  });

  it('may go if their key is neither in work nor waited for', () => {
    const { come, subscribe, ask, done, holds } = newKeySerial();
    const a = subscribe();
    ask(a, 1);
    come('a1 b1');
    expect(['a2', 'b2', 'c2'].map((job) => holds.mayGo(job))).toEqual([false, false, true]);
    ask(a, 1);
    done(a, 'a1 b1');
    expect(['a2', 'b2'].map((job) => holds.mayGo(job))).toEqual([true, true]);
  });

  it('are dropped oldest first or newest first, over all keys', () => {
    const { come, holds } = newKeySerial();
    come('a1 b1 a2 c1 b2');
    expect([holds.drop('oldest'), holds.drop('newest'), holds.drop('oldest')]).toEqual(['a1', 'b2', 'b1']);
    expect([...holds]).toEqual(['a2', 'c1']);
    expect(holds.take(5)).toEqual(['a2', 'c1']);
  });

  it('leave a key that none is left of', () => {
    const { come, holds } = newKeySerial();
    come('a1 b1');
    holds.drop('oldest');
    expect([holds.ready, holds.mayGo('a2')]).toEqual([1, true]);
    holds.drop('newest');
    expect([holds.length, holds.ready, holds.take(1)]).toEqual([0, 0, []]);
  });

  it('leave a key busy that one is in work of', () => {
    const { come, subscribe, ask, done, holds } = newKeySerial();
    const a = subscribe();
    ask(a, 5);
    come('a1 a2');
    holds.drop('newest');
    come('a3');
    expect(a.events).toEqual(['a1']);
    done(a, 'a1');
    expect(a.events).toEqual(['a1', 'a3']);
  });

  it('leave nothing behind once they are done', async () => {
    const keys: WeakRef<object>[] = [];
    const key = () => {
      const made = {};
      keys.push(new WeakRef(made));
      return made;
    };
    const { come, subscribe, ask, done, holds, leave } = newKeySerial({ key });
    const [a, b] = [subscribe(), subscribe()];
    ask(a, 2);
    come('1 2 3 4 5 6');
    holds.drop('oldest');
    done(a, '1');
    ask(b, 2);
    done(b, '4 5');
    leave(a);
    ask(b, 9);
    done(b, '6');
    expect([keys.length, holds.length]).toEqual([6, 0]);
    await collectGarbage();
    expect(keys.filter((made) => made.deref())).toEqual([]);
  });
});

describe('A side message to a KeySerialDispatcher', () => {
  it('is delivered at once if nothing waits', () => {
    const { dispatcher, host } = newKeySerial();
    dispatcher.info('m');
    expect(host.messages).toEqual(['m']);
  });

  it('is delivered when all that waited before it has been sent', () => {
    const { dispatcher, come, subscribe, ask, done, host } = newKeySerial();
    const a = subscribe();
    come('a1 a2 b1');
    dispatcher.info('first');
    come('c1');
    dispatcher.info('second');
    ask(a, 4);
    expect([a.events, host.messages]).toEqual([['a1', 'b1', 'c1'], []]);
    done(a, 'a1');
    expect([a.events.at(-1), host.messages]).toEqual(['a2', ['first', 'second']]);
  });

  it('is delivered when all that waited before it has been dropped', () => {
    const { dispatcher, come, holds, host } = newKeySerial();
    come('a1 a2');
    dispatcher.info('m');
    come('b1');
    expect(holds.drop('newest')).toBe('b1');
    expect([...holds]).toEqual(['a1', 'a2']);
    holds.drop('newest');
    expect(host.messages).toEqual([]);
    holds.drop('oldest');
    expect(host.messages).toEqual(['m']);
  });

  it('is not overtaken by what is given back', () => {
    const { dispatcher, come, subscribe, ask, holds, host } = newKeySerial();
    const a = subscribe();
    ask(a, 1);
    come('a1 a2');
    dispatcher.info('m');
    holds.prepend(['a1']);
    ask(a, 1);
    expect([a.events, host.messages]).toEqual([['a1', 'a1'], []]);
  });
});

describe('The demand that a KeySerialDispatcher passes on', () => {
  it('is what is asked for', () => {
    const { subscribe, ask, come } = newKeySerial();
    const a = subscribe();
    expect([ask(a, 3), ask(a, 2)]).toEqual([3, 2]);
    expect(come('a1 b1')).toBe(0);
    expect(ask(a, 1)).toBe(1);
  });

  it('is less what waits and may go', () => {
    const { subscribe, ask, come } = newKeySerial();
    come('a1 b1 a2');
    expect(ask(subscribe(), 3)).toBe(3 - 2);
  });

  it('makes up for events that have to wait', () => {
    const { subscribe, ask, come } = newKeySerial();
    ask(subscribe(), 4);
    // Three are still owed, and three of the four that were asked for have come to wait.
    expect(come('a1 a2 a3 a4')).toBe(3);
    expect(come('b1 b2 b3')).toBe(2);
  });

  it('makes up for no more than `maxHeld`', () => {
    const { subscribe, ask, come, done } = newKeySerial({ maxHeld: 2 });
    const a = subscribe();
    ask(a, 4);
    expect(come('a1 a2 a3 a4')).toBe(2);
    expect(come('a5 a6')).toBe(0);
    // Five wait, two are owed, and as one of the five goes there is room for another.
    expect(done(a, 'a1')).toBe(0);
    expect(done(a, 'a2')).toBe(0);
  });

  it('makes up for none with `maxHeld` 0', () => {
    const { subscribe, ask, come, done } = newKeySerial({ maxHeld: 0 });
    const a = subscribe();
    ask(a, 2);
    expect(come('a1 a2')).toBe(0);
    expect(done(a, 'a1')).toBe(0);
    expect(ask(a, 1)).toBe(1);
  });

  it('may be endless', () => {
    const { subscribe, ask, come, done, leave } = newKeySerial();
    const [a, b] = [subscribe(), subscribe()];
    expect(ask(a, Infinity)).toBe(Infinity);
    expect([come('a1 a2'), done(a, 'a1'), ask(b, 3), ask(b, Infinity)]).toEqual([0, 0, 0, 0]);
    expect([leave(a), leave(b)]).toEqual([0, 0]);
  });

  it('is not passed on again for the next, when a consumer leaves', () => {
    const { subscribe, ask, leave } = newKeySerial();
    const [a, b] = [subscribe(), subscribe()];
    ask(a, 5);
    expect(leave(a)).toBe(0);
    expect([ask(b, 3), ask(b, 3)]).toEqual([0, 1]);
  });

  it('no longer counts what has come for a consumer that has left', () => {
    const { subscribe, ask, come, leave } = newKeySerial();
    const [a, b] = [subscribe(), subscribe()];
    ask(a, 5);
    leave(a);
    come('a1 b1');
    expect(ask(b, 5)).toBe(0);
    expect(b.events).toEqual(['a1', 'b1']);
    expect(ask(b, 1)).toBe(1);
  });
});

describe('new KeySerialDispatcher', () => {
  it.each([
    [-1, '-1'],
    [1.5, '1.5'],
    [NaN, 'NaN'],
    ['9', "'9'"],
  ])('refuses %p as maxHeld', (maxHeld, shown) => {
    expect(() => newKeySerial({ maxHeld: maxHeld as number })).toThrow(
      new RangeError(`Expected \`maxHeld\` to be an integer of at least 0, or Infinity, got ${shown}`),
    );
  });

  it.each([
    [undefined, 'undefined'],
    ['account', "'account'"],
  ])('refuses %p as key', (key, shown) => {
    expect(() => newKeySerial({ key: key as never })).toThrow(
      new TypeError(`Expected \`key\` to be a function, got ${shown}`),
    );
  });
});
