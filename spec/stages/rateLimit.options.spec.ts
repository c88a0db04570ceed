import { expectTypeOf } from 'expect-type';
import { of, type SchedulerAction, type SchedulerLike } from 'rxjs';
import {
  DemandQueue,
  consume,
  rateLimit,
  type ConsumerSubscription,
  type Producer,
  type ProducerSubscription,
  type RateLimitOptions,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

/** What `rateLimit` says to options, which may be wrong. */
const refusal = (options: unknown) => () => {
  rateLimit(options as RateLimitOptions<string>);
};

describe('The options of rateLimit', () => {
  it.each([0, -1, 1.5, NaN, '3', undefined, null, true])('may not have the limit %p', (limit) => {
    expect(refusal({ limit, intervalMs: 5 })).toThrow(RangeError);
    expect(refusal({ limit, intervalMs: 5 })).toThrow(
      'Expected `limit` to be a positive integer, Infinity, or an Observable of limits, got ',
    );
  });

  it.each([1, 3, Infinity, of(1), [1], Promise.resolve(1)])('may have the limit %p', (limit) => {
    expect(refusal({ limit, intervalMs: 5 })).not.toThrow();
  });

  it.each([0, -1, NaN, Infinity, '3', undefined, null])('may not have the intervalMs %p', (intervalMs) => {
    expect(refusal({ limit: 1, intervalMs })).toThrow(RangeError);
    expect(refusal({ limit: 1, intervalMs })).toThrow(
      'Expected `intervalMs` to be a positive number of ms, got ',
    );
  });

  it('are checked when the function is called', () => {
    const right = { limit: 1, intervalMs: 0.5 };
    expect(refusal(right)).not.toThrow();
    expect(refusal({ ...right, maxDemand: 0 })).toThrow(
      'Expected `maxDemand` to be a positive integer or Infinity, got 0',
    );
    expect(refusal({ ...right, key: 'name' })).toThrow("Expected `key` to be a function, got 'name'");
    expect(refusal({ ...right, dispatcher: 1 })).toThrow('Expected `dispatcher` to be a function, got 1');
    expect(refusal({ ...right, cancel: 'never' })).toThrow(RangeError);
    expect(refusal({ ...right, handleCancel: 1 })).toThrow(TypeError);
    expect(refusal(undefined)).toThrow('Expected `options` to be an object, got undefined');
  });

  it('need a producer to be applied to', () => {
    const limited = rateLimit<string>({ limit: 1, intervalMs: 1 });
    expect(() => limited(of('a') as never)).toThrow(TypeError);
  });

  it('leave the type of the events as it is', () => {
    const queue = new DemandQueue<{ host: string }>();
    const limited = queue.pipe(rateLimit({ limit: 1, intervalMs: 1, key: ({ host }) => host }));
    expectTypeOf(limited).toEqualTypeOf<Producer<{ host: string }>>();
    // @ts-expect-error -- its buffer never fills
    expect(() => rateLimit({ limit: 1, intervalMs: 1, bufferSize: 1 })).not.toThrow();
  });

  it('may have hooks for both sides', () => {
    const log: unknown[] = [];
    const queue = new DemandQueue<string>();
    const options: RateLimitOptions<string> = {
      limit: 1,
      intervalMs: 1,
      handleSubscribe: ({ to }: ProducerSubscription | ConsumerSubscription) => log.push(`${to} has come`),
      handleCancel: (kind, reason, { to }) => log.push(`${to} has left: ${kind} ${String(reason)}`),
    };
    const consumer = new RawConsumer(queue.pipe(rateLimit(options)));
    consumer.unsubscribe();
    expect(log).toEqual(['producer has come', 'consumer has come', 'consumer has left: cancel normal']);
  });

  it('may ask for more by their hook: it is held until it may pass', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  (abcd)----------');
      const asks = '        1---1----1---1--';
      const asked = '       3--------------1';
      const expected = '    a----b----c----d';
      const batches = { a: ['a'], b: ['b'], c: ['c'], d: ['d'] };
      const options: RateLimitOptions<string> = {
        limit: 1,
        intervalMs: 5,
        handleSubscribe: (subscription) => {
          if (subscription.to === 'producer') subscription.ask(3);
        },
      };
      expectObservable(jobs.pipe(rateLimit(options)).events(demand(asks))).toBe(expected, batches);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('may have a clock of its own', () => {
    marbles(({ queue, scheduler, expectObservable }) => {
      const jobs = queue('  (ab)------');
      const expected = '    a----b----';
      // Virtual time is the async scheduler's too: this one is told apart by its calls.
      let calls = 0;
      const clock: SchedulerLike = {
        now: () => scheduler.now(),
        schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, wait?: number, state?: T) => {
          calls++;
          return scheduler.schedule(work, wait, state);
        },
      };
      expectObservable(jobs.pipe(rateLimit({ limit: 1, intervalMs: 5, scheduler: clock }), consume())).toBe(
        expected,
      );
      scheduler.schedule(() => expect(calls).toBe(2), 7);
    });
  });
});
