import { Observable, retry, take, throwError } from 'rxjs';
import { DemandQueue, handleEvents } from '../../src/index.ts';
import { range, record, settled } from '../support/record.ts';

const boom = new Error('boom');

describe('handleEvents', () => {
  describe('that fails', () => {
    it.each<[string, () => unknown]>([
      [
        'throws',
        () => {
          throw boom;
        },
      ],
      ['rejects', () => Promise.reject(boom)],
      ['gives an Observable that errors', () => throwError(() => boom)],
    ])('errors, and gives back the batches behind: it %s', async (_, project) => {
      const queue = new DemandQueue<number>();
      queue.enqueue(range(6));
      const got = record(queue.pipe(handleEvents(project, { maxDemand: 4, minDemand: 2 })));
      await settled();
      expect(got.ended).toBe(boom);
      expect(queue.peek()).toEqual([2, 3, 4, 5]);
      expect(queue.demand).toBe(0);
    });

    it('goes on with the next batch for who subscribes again', () => {
      const queue = new DemandQueue<number>();
      queue.enqueue(range(6));
      let fails = true;
      const project = (events: readonly number[]) => {
        const failing = fails && events.includes(2);
        if (failing) fails = false;
        if (failing) throw boom;
        return events;
      };
      const got = record(queue.pipe(handleEvents(project, { maxDemand: 4, minDemand: 2 }), retry()));
      expect(got.values).toEqual([0, 1, 4, 5]);
    });
  });

  describe('that is left', () => {
    it.each<[string, (torn: () => void) => unknown]>([
      ['a promise', () => new Promise(() => {})],
      ['an Observable', (torn) => new Observable(() => torn)],
    ])('abandons its batch, and gives back those behind: %s', (kind, project) => {
      const queue = new DemandQueue<number>();
      let torn = 0;
      let signal!: AbortSignal;
      const got = record(
        queue.pipe(
          handleEvents(
            (_, context) => {
              ({ signal } = context);
              return project(() => torn++);
            },
            { maxDemand: 4, minDemand: 2 },
          ),
        ),
      );
      queue.enqueue(range(5));
      expect(signal.aborted).toBe(false);
      got.unsubscribe();
      expect(signal.aborted).toBe(true);
      expect(torn).toBe(kind === 'an Observable' ? 1 : 0);
      expect(queue.peek()).toEqual([2, 3, 4]);
      expect(queue.demand).toBe(0);
    });

    it('by what it gives, in the middle of a batch: the rest of its results is not asked for', () => {
      const queue = new DemandQueue<number>();
      queue.enqueue(range(9));
      const got = record(
        queue.pipe(
          handleEvents((events) => events, { maxDemand: 4, minDemand: 2 }),
          take(3),
        ),
      );
      expect(got.values).toEqual([0, 1, 2]);
      expect(queue.peek()).toEqual([4, 5, 6, 7, 8]);
    });

    it('by its own function', () => {
      const queue = new DemandQueue<number>();
      const seen: boolean[] = [];
      const got = record(
        queue.pipe(
          handleEvents((events, { signal }) => {
            got.unsubscribe();
            seen.push(signal.aborted);
            return events;
          }),
        ),
      );
      queue.enqueue([1, 2]);
      queue.enqueue([3]);
      expect(seen).toEqual([true]);
      expect(got.values).toEqual([]);
      expect(queue.peek()).toEqual([3]);
    });
  });
});
