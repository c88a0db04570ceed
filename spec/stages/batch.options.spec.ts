import { expectTypeOf } from 'expect-type';
import { of } from 'rxjs';
import {
  DemandQueue,
  batch,
  consume,
  type Batch,
  type BatchOptions,
  type Producer,
} from '../../src/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

/** What `batch` says to options, which may be wrong. */
const refusal = (options: unknown) => () => {
  batch(options as BatchOptions<string>);
};

describe('The options of batch', () => {
  it.each([0, -1, 1.5, NaN, '3', undefined, null])('may not have the size %p', (size) => {
    expect(refusal({ size, timeoutMs: 5 })).toThrow(RangeError);
    expect(refusal({ size, timeoutMs: 5 })).toThrow(
      'Expected `size` to be a positive integer or Infinity, got ',
    );
  });

  it.each([0, -1, NaN, Infinity, '3', null])('may not have the timeoutMs %p', (timeoutMs) => {
    expect(refusal({ size: 1, timeoutMs })).toThrow(RangeError);
    expect(refusal({ size: 1, timeoutMs })).toThrow(
      'Expected `timeoutMs` to be a positive number of ms, got ',
    );
  });

  it('may have an endless size only if something else ends batches', () => {
    expect(refusal({ size: Infinity })).toThrow(
      new RangeError(
        'Expected `timeoutMs` to be a positive number of ms where `size` is Infinity, got undefined',
      ),
    );
    expect(refusal({ size: Infinity, timeoutMs: 1 })).not.toThrow();
    expect(refusal({ size: Infinity, flushOn: () => true })).not.toThrow();
  });

  it('are checked when the function is called', () => {
    expect(refusal({ size: 1 })).not.toThrow();
    expect(refusal({ size: 1, maxDemand: 0 })).toThrow(
      'Expected `maxDemand` to be a positive integer or Infinity, got 0',
    );
    expect(refusal({ size: 4, minDemand: 4 })).toThrow(
      'Expected `minDemand` to be an integer from 0 to below',
    );
    expect(refusal({ size: 1, key: 'name' })).toThrow("Expected `key` to be a function, got 'name'");
    expect(refusal({ size: 1, flushOn: true })).toThrow('Expected `flushOn` to be a function, got true');
    expect(refusal(undefined)).toThrow('Expected `options` to be an object, got undefined');
  });

  it('are for a producer, and are checked with it', () => {
    const batches = batch<string>({ size: 1 });
    expect(() => batches(of('a') as never)).toThrow(TypeError);
    expect(() => new DemandQueue<string>().pipe(batch({ size: 1, bufferSize: -1 }))).toThrow(RangeError);
  });

  it('may have functions that use them', () => {
    const options = {
      size: 9,
      first: 'a',
      key(event: string): boolean {
        return event === this.first;
      },
      flushOn(event: string): boolean {
        return event === this.first;
      },
    };
    const queue = new DemandQueue<string>();
    const consumer = new RawConsumer(queue.pipe(batch<string, boolean>(options)));
    consumer.ask(9);
    queue.enqueue(['b', 'a']);
    expect(consumer.events).toEqual([{ events: ['a'], key: true, trigger: 'flush' }]);
  });

  it('tell the type of a batch and of its key', () => {
    const queue = new DemandQueue<{ table: string; id: number }>();
    const plain = queue.pipe(batch({ size: 2 }));
    const keyed = queue.pipe(batch({ size: 2, key: ({ table }) => table }), consume());
    expectTypeOf(plain).toEqualTypeOf<Producer<Batch<{ table: string; id: number }>>>();
    keyed.subscribe(({ key }) => {
      expectTypeOf(key).toEqualTypeOf<string>();
    });
    expect([plain, keyed]).toHaveLength(2);
  });

  it('may say that it asks only when it is told to', () => {
    const queue = new DemandQueue<string>();
    queue.enqueue(['a', 'b', 'c', 'd', 'e']);
    let ask: (demand: number) => void = () => undefined;
    const consumer = new RawConsumer(
      queue.pipe(
        batch({
          size: 2,
          mode: 'manual',
          handleSubscribe: (subscription) => {
            if (subscription.to === 'producer') ask = (demand) => subscription.ask(demand);
          },
        }),
      ),
    );
    consumer.ask(9);
    expect(queue.size).toBe(5);
    ask(3);
    expect(queue.peek()).toEqual(['d', 'e']);
    ask(1);
    expect(consumer.events.map(({ events }) => events.join(''))).toEqual(['ab', 'cd']);
  });
});
