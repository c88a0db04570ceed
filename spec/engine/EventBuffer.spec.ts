import { EventBuffer } from '../../src/engine/EventBuffer.ts';
import { range } from './support/stages.ts';

describe('EventBuffer', () => {
  it('is empty at first', () => {
    const buffer = new EventBuffer<number>(10, 'last');
    expect(buffer.size).toBe(0);
    expect(buffer.estimatedCount).toBe(0);
    expect(buffer.take(5)).toEqual([]);
    expect(buffer.dueMessages()).toEqual([]);
  });

  it('gives what it stored, in order, as far as demand goes', () => {
    const buffer = new EventBuffer<number>(10, 'last');
    expect(buffer.store([1, 2])).toEqual([]);
    expect(buffer.store([3])).toEqual([]);
    expect(buffer.size).toBe(3);
    expect(buffer.take(2)).toEqual([1, 2]);
    expect(buffer.take(2)).toEqual([3]);
    expect(buffer.size).toBe(0);
  });

  it('shows what waits without taking it', () => {
    const buffer = new EventBuffer<number>(10, 'last');
    buffer.store([1, 2]);
    expect(buffer.peek()).toEqual([1, 2]);
    expect(buffer.size).toBe(2);
  });

  it('takes events one by one, too', () => {
    const buffer = new EventBuffer<number>(10, 'last');
    buffer.push(1);
    buffer.push(2);
    expect(buffer.shift()).toBe(1);
    expect(buffer.take(Infinity)).toEqual([2]);
  });

  it('takes events back in front of the others', () => {
    const buffer = new EventBuffer<number>(10, 'last');
    buffer.store([3]);
    buffer.prepend([1, 2]);
    expect(buffer.take(3)).toEqual([1, 2, 3]);
  });
});

describe('EventBuffer that keeps the last', () => {
  it('drops the oldest events, oldest first', () => {
    const buffer = new EventBuffer<number>(3, 'last');
    buffer.store([1, 2, 3]);
    expect(buffer.store([4, 5])).toEqual([1, 2]);
    expect(buffer.peek()).toEqual([3, 4, 5]);
  });

  it('drops of a batch that is larger than the buffer the oldest, too', () => {
    const buffer = new EventBuffer<number>(2, 'last');
    buffer.store([1]);
    expect(buffer.store([2, 3, 4, 5])).toEqual([1, 2, 3]);
    expect(buffer.peek()).toEqual([4, 5]);
  });

  it('drops everything if it has no room at all', () => {
    const buffer = new EventBuffer<number>(0, 'last');
    expect(buffer.store([1, 2])).toEqual([1, 2]);
    expect(buffer.size).toBe(0);
  });

  it('does not change the array that it was given', () => {
    const events = Object.freeze([1, 2, 3]);
    const buffer = new EventBuffer<number>(1, 'last');
    buffer.store(events);
    expect(buffer.peek()).toEqual([3]);
  });
});

describe('EventBuffer that keeps the first', () => {
  it('drops the newest events, oldest first', () => {
    const buffer = new EventBuffer<number>(3, 'first');
    buffer.store([1, 2]);
    expect(buffer.store([3, 4, 5])).toEqual([4, 5]);
    expect(buffer.peek()).toEqual([1, 2, 3]);
  });

  it('drops all new events when it is full', () => {
    const buffer = new EventBuffer<number>(1, 'first');
    buffer.store([1]);
    expect(buffer.store([2, 3])).toEqual([2, 3]);
    expect(buffer.peek()).toEqual([1]);
  });
});

describe('The room of an EventBuffer', () => {
  it.each(['first', 'last'] as const)('grows for once by what will leave at once (keeps the %s)', (keep) => {
    const buffer = new EventBuffer<number>(1, keep);
    expect(buffer.store([1, 2, 3], 2)).toEqual([]);
    expect(buffer.take(2)).toEqual([1, 2]);
    expect(buffer.store([4])).toEqual([keep === 'first' ? 4 : 3]);
  });

  it('may be exceeded by what is put back, and is kept from then on', () => {
    const last = new EventBuffer<number>(2, 'last');
    const first = new EventBuffer<number>(2, 'first');
    for (const buffer of [last, first]) {
      buffer.prepend([1, 2, 3, 4]);
      expect(buffer.peek()).toEqual([1, 2, 3, 4]);
    }
    expect(last.store([5])).toEqual([1, 2, 3]);
    expect(last.peek()).toEqual([4, 5]);
    expect(first.store([5])).toEqual([5]);
    expect(first.peek()).toEqual([1, 2, 3, 4]);
  });

  it('is endless if its size is Infinity', () => {
    const buffer = new EventBuffer<number>(Infinity, 'last');
    expect(buffer.store(range(0, 20_000))).toEqual([]);
    expect(buffer.take(Infinity)).toEqual(range(0, 20_000));
  });
});

describe.each([
  ['bounded', 10],
  ['unbounded', Infinity],
])('A side message in a %s buffer', (_, size) => {
  it('is not stored when nothing waits: it is due at once', () => {
    const buffer = new EventBuffer<number>(size, 'last');
    expect(buffer.storeMessage('m')).toBe(false);
    expect(buffer.marked).toBe(false);
  });

  it('ends what is taken, and is due then', () => {
    const buffer = new EventBuffer<number>(size, 'last');
    buffer.store([1, 2]);
    expect(buffer.storeMessage('m')).toBe(true);
    buffer.store([3]);
    expect(buffer.take(1)).toEqual([1]);
    expect(buffer.dueMessages()).toEqual([]);
    expect(buffer.take(5)).toEqual([2]);
    expect(buffer.dueMessages()).toEqual(['m']);
    expect(buffer.marked).toBe(false);
    expect(buffer.take(5)).toEqual([3]);
  });

  it('is due in the order of the messages', () => {
    const buffer = new EventBuffer<number>(size, 'last');
    buffer.store([1]);
    buffer.storeMessage('a');
    buffer.storeMessage('b');
    buffer.store([2]);
    buffer.storeMessage('c');
    buffer.take(5);
    expect(buffer.dueMessages()).toEqual(['a', 'b']);
    buffer.take(5);
    expect(buffer.dueMessages()).toEqual(['c']);
  });

  it('stays behind events that are put back', () => {
    const buffer = new EventBuffer<number>(size, 'last');
    buffer.store([1, 2]);
    buffer.storeMessage('m');
    buffer.prepend(buffer.take(1));
    expect(buffer.take(5)).toEqual([1, 2]);
    expect(buffer.dueMessages()).toEqual(['m']);
  });
});

describe('A side message in a bounded buffer', () => {
  it('is not counted', () => {
    const buffer = new EventBuffer<number>(10, 'last');
    buffer.store([1]);
    buffer.storeMessage('m');
    expect(buffer.estimatedCount).toBe(1);
  });

  it('is due with the event before it, also if that was the last demand', () => {
    const buffer = new EventBuffer<number>(10, 'last');
    buffer.store([1]);
    buffer.storeMessage('m');
    expect(buffer.take(1)).toEqual([1]);
    expect(buffer.dueMessages(false)).toEqual(['m']);
  });

  it('is due when the event before it is dropped', () => {
    const buffer = new EventBuffer<number>(2, 'last');
    buffer.store([1]);
    buffer.storeMessage('m');
    buffer.store([2]);
    buffer.storeMessage('n');
    expect(buffer.store([3])).toEqual([1]);
    expect(buffer.dueMessages()).toEqual(['m']);
    expect(buffer.take(5)).toEqual([2]);
    expect(buffer.dueMessages()).toEqual(['n']);
  });

  it('stays where it is when new events are dropped', () => {
    const buffer = new EventBuffer<number>(1, 'first');
    buffer.store([1]);
    buffer.storeMessage('m');
    expect(buffer.store([2])).toEqual([2]);
    expect(buffer.dueMessages()).toEqual([]);
    expect(buffer.take(5)).toEqual([1]);
    expect(buffer.dueMessages()).toEqual(['m']);
  });
});

describe('A side message in an unbounded buffer', () => {
  it('is counted', () => {
    const buffer = new EventBuffer<number>(Infinity, 'last');
    buffer.store([1]);
    buffer.storeMessage('m');
    expect(buffer.estimatedCount).toBe(2);
    expect(buffer.size).toBe(1);
  });

  it('waits for demand of its own', () => {
    const buffer = new EventBuffer<number>(Infinity, 'last');
    buffer.store([1]);
    buffer.storeMessage('m');
    expect(buffer.take(1)).toEqual([1]);
    expect(buffer.dueMessages(false)).toEqual([]);
    expect(buffer.estimatedCount).toBe(1);
    expect(buffer.take(1)).toEqual([]);
    expect(buffer.dueMessages(true)).toEqual(['m']);
    expect(buffer.estimatedCount).toBe(0);
  });

  it('is stored behind another message that waits alone', () => {
    const buffer = new EventBuffer<number>(Infinity, 'last');
    buffer.store([1]);
    buffer.storeMessage('a');
    buffer.take(1);
    expect(buffer.storeMessage('b')).toBe(true);
    expect(buffer.dueMessages()).toEqual(['a', 'b']);
  });
});
