import * as fc from 'fast-check';
import { LimitedLanes } from '../../src/stages/LimitedLanes.ts';

/** Lanes of events such as `a1`, whose key is the letter. */
function newLanes(limit: number, intervalMs = 10): LimitedLanes<string> {
  const lanes = new LimitedLanes<string>(intervalMs);
  lanes.setLimit(limit, 0);
  return lanes;
}

const push = (lanes: LimitedLanes<string>, events: readonly string[], now: number) => {
  for (const event of events) lanes.push(event, event[0], now);
};

describe('LimitedLanes', () => {
  it('lets nothing pass before it has a limit', () => {
    const lanes = new LimitedLanes<string>(10);
    push(lanes, ['a1'], 0);
    expect(lanes.take(Infinity, 100)).toEqual([]);
    expect(lanes.opensAt).toBe(Infinity);
    lanes.setLimit(1, 100);
    expect(lanes.take(Infinity, 100)).toEqual(['a1']);
  });

  it('gives the oldest of the events that may pass first', () => {
    const lanes = newLanes(1);
    push(lanes, ['a1', 'a2', 'b1', 'c1'], 0);
    expect(lanes.take(2, 0)).toEqual(['a1', 'b1']);
    expect([lanes.length, lanes.opensAt]).toEqual([2, 10]);
    expect(lanes.take(Infinity, 5)).toEqual(['c1']);
    expect(lanes.take(Infinity, 9)).toEqual([]);
    expect(lanes.take(Infinity, 10)).toEqual(['a2']);
  });

  it('tells when the first that waits may pass', () => {
    const lanes = newLanes(1);
    push(lanes, ['a1', 'b1'], 0);
    lanes.take(1, 0);
    lanes.take(1, 4);
    push(lanes, ['b2'], 4);
    expect(lanes.opensAt).toBe(14);
    push(lanes, ['a2'], 4);
    expect(lanes.opensAt).toBe(10);
  });

  it('puts events back in front of all', () => {
    const lanes = newLanes(2);
    push(lanes, ['a3', 'b1'], 0);
    lanes.unshift(['a1', 'a2'], (event) => event[0], 0);
    expect(lanes.take(Infinity, 0)).toEqual(['a1', 'a2', 'b1']);
    expect(lanes.take(Infinity, 10)).toEqual(['a3']);
  });

  it('goes by another limit at once', () => {
    const lanes = newLanes(1);
    push(lanes, ['a1', 'a2', 'a3', 'b1'], 0);
    expect(lanes.take(Infinity, 0)).toEqual(['a1', 'b1']);
    lanes.setLimit(2, 3);
    expect(lanes.take(Infinity, 3)).toEqual(['a2']);
    lanes.setLimit(1, 4);
    expect(lanes.opensAt).toBe(13);
    lanes.setLimit(0, 5);
    expect(lanes.opensAt).toBe(Infinity);
    expect(lanes.take(Infinity, 50)).toEqual([]);
  });

  it('gives all back in their old order', () => {
    const lanes = newLanes(1);
    push(lanes, ['a1', 'b1', 'a2', 'c1', 'b2', 'a3'], 0);
    lanes.take(2, 0);
    expect(lanes.clear()).toEqual(['a2', 'c1', 'b2', 'a3']);
    expect([lanes.length, lanes.opensAt]).toEqual([0, Infinity]);
    expect(lanes.clear()).toEqual([]);
    // What has passed is remembered, and nothing else.
    expect(lanes.keys).toBe(2);
  });

  it('lines events up behind those that came back', () => {
    const lanes = newLanes(3);
    lanes.unshift(['a1', 'a2'], (event) => event[0], 0);
    push(lanes, ['a3'], 0);
    expect(lanes.take(Infinity, 0)).toEqual(['a1', 'a2', 'a3']);
  });

  it('forgets a key of which nothing waits and nothing has passed lately', () => {
    const lanes = newLanes(1);
    push(lanes, ['a1', 'a2', 'b1'], 0);
    lanes.take(Infinity, 0);
    expect(lanes.keys).toBe(2);
    lanes.take(0, 9);
    expect(lanes.keys).toBe(2);
    // An event of `a` still waits.
    lanes.take(0, 10);
    expect(lanes.keys).toBe(1);
    expect(lanes.take(1, 12)).toEqual(['a2']);
    lanes.take(0, 21);
    expect(lanes.keys).toBe(1);
    lanes.take(0, 22);
    expect(lanes.keys).toBe(0);
  });

  it('forgets a key that comes again and again only after its last event', () => {
    const lanes = newLanes(2);
    for (const now of [0, 6, 12]) {
      push(lanes, ['a'], now);
      expect(lanes.take(1, now)).toEqual(['a']);
    }
    push(lanes, ['a'], 13);
    expect([lanes.free('a', 13), lanes.freesAt('a')]).toEqual([0, 16]);
    expect([lanes.free('b', 13), lanes.freesAt('b')]).toEqual([2, Infinity]);
    expect(lanes.keys).toBe(1);
  });

  it('never has more keys than events that wait or have passed within the interval', () => {
    const step = fc.record({
      after: fc.nat(7),
      key: fc.nat(30),
      count: fc.nat(3),
      limit: fc.option(fc.nat(3), { freq: 6 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const lanes = new LimitedLanes<number>(10);
        lanes.setLimit(1, 0);
        const passed: { at: number; key: number }[] = [];
        const waiting: number[] = [];
        let now = 0;
        for (const { after, key, count, limit } of steps) {
          now += after;
          if (limit !== null) lanes.setLimit(limit, now);
          lanes.push(key, key, now);
          waiting.push(key);
          for (const event of lanes.take(count, now)) {
            passed.push({ at: now, key: event });
            waiting.splice(waiting.indexOf(event), 1);
          }
          const recent = passed.filter(({ at }) => at + 10 > now).map((one) => one.key);
          expect(lanes).toHaveLength(waiting.length);
          expect(lanes.keys).toBe(new Set([...waiting, ...recent]).size);
        }
        expect(lanes.clear()).toEqual(waiting);
      }),
    );
  });
});
