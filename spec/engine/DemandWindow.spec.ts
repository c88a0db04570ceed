import * as fc from 'fast-check';
import { DemandWindow } from '../../src/engine/DemandWindow.ts';

/** Settles `rounds` full batches; returns what is asked after each. */
function asksOf(window: DemandWindow, rounds: number): readonly number[] {
  return Array.from({ length: rounds }, () => window.settle(window.batchSize));
}

describe('DemandWindow', () => {
  it('begins with the maximum in flight', () => {
    expect(new DemandWindow(10, 5).inFlight).toBe(10);
  });

  it('asks for nothing while more than the minimum is in flight', () => {
    const window = new DemandWindow(10, 5);
    expect(window.settle(4)).toBe(0);
    expect(window.inFlight).toBe(6);
  });

  it('fills up to the maximum when what is in flight falls to the minimum', () => {
    const window = new DemandWindow(10, 5);
    window.settle(4);
    expect(window.settle(1)).toBe(5);
    expect(window.inFlight).toBe(10);
  });

  it('fills up to the maximum when what is in flight falls below the minimum', () => {
    const window = new DemandWindow(10, 5);
    expect(window.settle(8)).toBe(8);
    expect(window.inFlight).toBe(10);
  });

  it('asks for nothing when nothing has settled', () => {
    const window = new DemandWindow(10, 9);
    expect(window.settle(0)).toBe(0);
    expect(window.inFlight).toBe(10);
  });

  it.each([
    { max: 1000, min: 500, batch: 500, asks: [500, 500, 500] },
    { max: 100, min: 80, batch: 20, asks: [20, 20, 20] },
    { max: 100, min: 20, batch: 80, asks: [80, 80, 80] },
    { max: 10, min: 0, batch: 10, asks: [10, 10, 10] },
    { max: 1, min: 0, batch: 1, asks: [1, 1, 1] },
  ])('splits at $batch for a maximum of $max and a minimum of $min', ({ max, min, batch, asks }) => {
    const window = new DemandWindow(max, min);
    expect(window.batchSize).toBe(batch);
    expect(asksOf(window, 3)).toEqual(asks);
  });

  it('gathers smaller batches until the minimum is reached', () => {
    const window = new DemandWindow(100, 20);
    expect([30, 30, 30].map((count) => window.settle(count))).toEqual([0, 0, 90]);
  });

  it('never asks again for an endless maximum, and splits nothing', () => {
    const window = new DemandWindow(Infinity, 0);
    expect(window.batchSize).toBe(Infinity);
    expect(window.settle(1_000_000)).toBe(0);
    expect(window.inFlight).toBe(Infinity);
  });

  it('has between the minimum and the maximum in flight, and asks for what is missing', () => {
    const limits = fc.integer({ min: 1, max: 50 }).chain((max) =>
      fc.record({
        max: fc.constant(max),
        min: fc.nat(max - 1),
        counts: fc.array(fc.nat(max), { maxLength: 50 }),
      }),
    );
    fc.assert(
      fc.property(limits, ({ max, min, counts }) => {
        const window = new DemandWindow(max, min);
        let asked = max;
        let settled = 0;
        for (const count of counts) {
          const done = Math.min(count, window.inFlight);
          asked += window.settle(done);
          settled += done;
          expect(window.inFlight).toBe(asked - settled);
          expect(window.inFlight).toBeLessThanOrEqual(max);
          expect(window.inFlight).toBeGreaterThan(min);
        }
      }),
    );
  });
});
