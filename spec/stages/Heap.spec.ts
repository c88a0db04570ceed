import * as fc from 'fast-check';
import { Heap } from '../../src/stages/Heap.ts';

describe('Heap', () => {
  it('has nothing first while it is empty', () => {
    const heap = new Heap<number>((a, b) => a < b);
    expect(heap.first).toBeUndefined();
    heap.push(1);
    heap.clear();
    expect(heap.first).toBeUndefined();
  });

  it('gives what comes first, whatever it is given and when', () => {
    // A number is pushed, null takes one.
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(20), { freq: 3 })), (steps) => {
        const heap = new Heap<number>((a, b) => a < b);
        const sorted: number[] = [];
        for (const step of steps) {
          if (step !== null) {
            heap.push(step);
            sorted.push(step);
            sorted.sort((a, b) => a - b);
          }
          expect(heap.first).toBe(sorted[0]);
          const taken = step === null && sorted.length > 0 ? [heap.shift()] : [];
          expect(taken).toEqual(sorted.splice(0, taken.length));
        }
      }),
    );
  });
});
