import * as fc from 'fast-check';
import { SlidingWindow } from '../../src/stages/SlidingWindow.ts';

describe('SlidingWindow', () => {
  it('lets the limit pass at first', () => {
    const window = new SlidingWindow(10);
    expect(window.free(3, 0)).toBe(3);
    expect(window.isEmpty(0)).toBe(true);
    expect(window.freesAt(3)).toBe(Infinity);
  });

  it('counts what passes for the whole interval, and not a moment longer', () => {
    const window = new SlidingWindow(10);
    window.pass(2, 5);
    expect(window.free(3, 14)).toBe(1);
    expect(window.isEmpty(14)).toBe(false);
    expect(window.free(3, 15)).toBe(3);
    expect(window.isEmpty(15)).toBe(true);
  });

  it('frees one after the other, as they have passed', () => {
    const window = new SlidingWindow(10);
    window.pass(1, 0);
    window.pass(1, 4);
    window.pass(1, 4);
    expect([window.free(3, 9), window.freesAt(3)]).toEqual([0, 10]);
    expect([window.free(3, 10), window.freesAt(3)]).toEqual([1, 14]);
    expect([window.free(3, 14), window.freesAt(3)]).toEqual([3, Infinity]);
  });

  it('lets no burst pass across the edge of an interval', () => {
    const window = new SlidingWindow(10);
    window.pass(3, 9);
    expect(window.free(3, 11)).toBe(0);
  });

  it('goes by a smaller limit at once, and remembers what has passed', () => {
    const window = new SlidingWindow(10);
    window.pass(1, 0);
    window.pass(1, 2);
    window.pass(1, 4);
    expect([window.free(1, 5), window.freesAt(1)]).toEqual([0, 14]);
    expect([window.free(2, 5), window.freesAt(2)]).toEqual([0, 12]);
    expect([window.free(5, 5), window.freesAt(5)]).toEqual([2, 10]);
  });

  it('never frees anything under a limit of 0', () => {
    const window = new SlidingWindow(10);
    window.pass(1, 0);
    expect([window.free(0, 5), window.freesAt(0)]).toEqual([0, Infinity]);
    expect([window.free(0, 50), window.freesAt(0)]).toEqual([0, Infinity]);
  });

  it('counts what passes without a limit', () => {
    const window = new SlidingWindow(10);
    window.pass(7, 0);
    expect(window.free(Infinity, 1)).toBe(Infinity);
    expect(window.free(8, 1)).toBe(1);
  });

  it('is what counting all of the past would be', () => {
    const steps = fc.array(
      fc.record({
        after: fc.nat(6),
        count: fc.integer({ min: 1, max: 3 }),
        limit: fc.integer({ min: 0, max: 6 }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), steps, (intervalMs, all) => {
        const window = new SlidingWindow(intervalMs);
        const past: number[] = [];
        const freeAt = (time: number, limit: number) =>
          Math.max(limit - past.filter((passed) => passed + intervalMs > time).length, 0);
        let now = 0;
        for (const { after, count, limit } of all) {
          now += after;
          const free = freeAt(now, limit);
          expect(window.free(limit, now)).toBe(free);
          const later = Array.from({ length: intervalMs }, (_, ms) => now + ms + 1);
          expect(window.freesAt(limit)).toBe(later.find((time) => freeAt(time, limit) > free) ?? Infinity);
          window.pass(count, now);
          for (let i = 0; i < count; i++) past.push(now);
        }
      }),
    );
  });
});
