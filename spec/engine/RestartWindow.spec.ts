import fc from 'fast-check';
import { RestartWindow } from '../../src/engine/RestartWindow.ts';

describe('RestartWindow', () => {
  it('allows three restarts within five seconds if nothing is said', () => {
    const window = new RestartWindow();
    expect([0, 1, 2, 5000].map((now) => window.record(now, 'boom'))).toEqual([true, true, true, false]);
    const slower = new RestartWindow();
    expect([0, 1, 2, 5001].map((now) => slower.record(now, 'boom'))).toEqual([true, true, true, true]);
  });

  it('counts a restart for as long as it says, to the end', () => {
    const window = new RestartWindow({ maxRestarts: 1, withinMs: 10 });
    expect(window.record(0, 'a')).toBe(true);
    expect(window.record(10.5, 'b')).toBe(true);
    expect(window.record(20.5, 'c')).toBe(false);
  });

  it('slides: what is older than the window counts no more', () => {
    const window = new RestartWindow({ maxRestarts: 2, withinMs: 10 });
    expect([0, 6, 12, 18, 24, 30].map((now) => window.record(now, now))).not.toContain(false);
    expect(window.causes).toEqual([24, 30]);
    expect(window.record(32, 32)).toBe(false);
    expect(window.causes).toEqual([24, 30, 32]);
  });

  it('may allow no restart', () => {
    const window = new RestartWindow({ maxRestarts: 0 });
    expect(window.record(0, 'boom')).toBe(false);
    expect(window.causes).toEqual(['boom']);
  });

  it('may never slide', () => {
    const window = new RestartWindow({ maxRestarts: 1, withinMs: Infinity });
    expect([0, 1e12].map((now) => window.record(now, 'boom'))).toEqual([true, false]);
  });

  it('may count only what comes at the same time', () => {
    const window = new RestartWindow({ maxRestarts: 1, withinMs: 0 });
    expect([0, 1, 1].map((now) => window.record(now, 'boom'))).toEqual([true, true, false]);
  });

  it('has no causes before the first restart', () => {
    expect(new RestartWindow().causes).toEqual([]);
  });

  it('tells the same as a count of all restarts', () => {
    fc.assert(
      fc.property(
        fc.record({ maxRestarts: fc.nat(4), withinMs: fc.nat(20) }),
        fc.array(fc.nat(12)),
        (intensity, pauses) => {
          const window = new RestartWindow(intensity);
          const times: number[] = [];
          for (const pause of pauses) {
            const now = (times.at(-1) ?? 0) + pause;
            times.push(now);
            const counted = times.filter((at) => now - at <= intensity.withinMs);
            expect(window.record(now, now)).toBe(counted.length <= intensity.maxRestarts);
            expect(window.causes).toEqual(counted);
          }
        },
      ),
    );
  });

  it.each([-1, 1.5, NaN, Infinity, '3', null])('refuses maxRestarts of %p', (maxRestarts) => {
    expect(() => new RestartWindow({ maxRestarts: maxRestarts as number })).toThrow(RangeError);
    expect(() => new RestartWindow({ maxRestarts: maxRestarts as number })).toThrow(
      'Expected `maxRestarts` to be an integer of at least 0, got ',
    );
  });

  it.each([-1, NaN, '5', null])('refuses withinMs of %p', (withinMs) => {
    expect(() => new RestartWindow({ withinMs: withinMs as number })).toThrow(RangeError);
    expect(() => new RestartWindow({ withinMs: withinMs as number })).toThrow(
      'Expected `withinMs` to be a number of at least 0, in ms, got ',
    );
  });
});
