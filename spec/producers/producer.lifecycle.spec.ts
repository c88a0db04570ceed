import { Subject, repeat, retry, take, takeUntil } from 'rxjs';
import { broadcast, consume, producer, type DiscardCause, type ProducerContext } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { record, settled } from '../support/record.ts';

/** A producer that answers nothing by itself, and the contexts of its runs. */
function silent(options: Parameters<typeof producer<number>>[1] = {}) {
  const contexts: ProducerContext<number>[] = [];
  const source = producer<number>((_, context) => {
    if (!contexts.includes(context)) contexts.push(context);
  }, options);
  return { contexts, source };
}

describe('The life of a producer', () => {
  it('begins with its first consumer, and each begins it anew after the last has left', () => {
    const { contexts, source } = silent();
    expect(contexts).toHaveLength(0);
    for (let i = 1; i <= 3; i++) {
      const consumer = new RawConsumer(source);
      consumer.ask(1);
      expect(contexts).toHaveLength(i);
      expect(contexts.at(-1)!.signal.aborted).toBe(false);
      consumer.unsubscribe();
      expect(contexts.at(-1)!.signal.aborted).toBe(true);
    }
  });

  it('is shared by those who come while it runs, and ends with the last of them', () => {
    const { contexts, source } = silent();
    const first = new RawConsumer(source);
    first.ask(1);
    const second = new RawConsumer(source);
    second.ask(1);
    first.unsubscribe();
    expect(contexts[0]!.signal.aborted).toBe(false);
    contexts[0]!.emit([1, 2]);
    expect(second.events).toEqual([1]);
    second.unsubscribe();
    expect(contexts[0]!.signal.aborted).toBe(true);
    expect(contexts).toHaveLength(1);
  });

  it('gives what a consumer that has left was owed to the next that asks, exactly once', () => {
    const asked: number[] = [];
    let context!: ProducerContext<number>;
    const source = producer<number>((demand, its) => {
      asked.push(demand);
      context = its;
    });
    const leaving = new RawConsumer(source);
    const staying = new RawConsumer(source);
    leaving.ask(10);
    leaving.unsubscribe();
    staying.ask(5);
    expect(asked).toEqual([10]);
    context.emit([1, 2, 3]);
    expect(staying.events).toEqual([1, 2, 3]);
    staying.ask(10);
    expect(asked).toEqual([10, 5]);
  });

  it('completes its consumers after the last event that waits', () => {
    const { contexts, source } = silent();
    const consumer = new RawConsumer(source);
    consumer.ask(1);
    contexts[0]!.emit([1, 2, 3]);
    contexts[0]!.complete();
    contexts[0]!.complete();
    expect(contexts[0]!.signal.aborted).toBe(false);
    consumer.ask(1);
    expect(consumer.ended).toBeUndefined();
    consumer.ask(1);
    expect(consumer.events).toEqual([1, 2, 3]);
    expect(consumer.ended).toBe('complete');
    expect(contexts[0]!.signal.aborted).toBe(true);
  });

  it('completes with what handleDemand answers after it has called complete', () => {
    const source = producer<number>((_, { complete }) => {
      complete();
      return [1, 2];
    });
    const got = record(source.pipe(consume()));
    expect(got.values).toEqual([1, 2]);
    expect(got.ended).toBe('complete');
  });

  it('errors its consumers at once, before the events that wait', () => {
    const dropped: unknown[] = [];
    const discarded = (events: readonly number[], cause: DiscardCause) => void dropped.push([events, cause]);
    const { contexts, source } = silent({ discarded });
    const consumer = new RawConsumer(source);
    consumer.ask(1);
    contexts[0]!.emit([1, 2, 3]);
    contexts[0]!.error('boom');
    expect(consumer.events).toEqual([1]);
    expect(consumer.ended).toBe('boom');
    expect(dropped).toEqual([[[2, 3], 'stopped']]);
    expect(contexts[0]!.signal.aborted).toBe(true);
  });

  it('errors at once also while a promise is awaited', () => {
    let fail!: (error: unknown) => void;
    const source = producer((_, { error }) => {
      fail = error;
      return new Promise<never>(() => {});
    });
    const got = record(source.pipe(consume()));
    fail('boom');
    expect(got.ended).toBe('boom');
  });

  it('is stopped while a promise is awaited, and what that brings is handed out', async () => {
    const dropped: unknown[] = [];
    const discarded = (events: readonly number[], cause: DiscardCause) => void dropped.push([events, cause]);
    let answer!: (events: readonly number[]) => void;
    let context!: ProducerContext<number>;
    const source = producer<number>(
      (_, its) => {
        context = its;
        return new Promise<readonly number[]>((resolve) => (answer = resolve));
      },
      { discarded },
    );
    const consumer = new RawConsumer(source);
    consumer.ask(1);
    context.emit([1]);
    consumer.unsubscribe();
    expect(context.signal.aborted).toBe(true);
    expect(dropped).toEqual([[[1], 'stopped']]);
    context.emit([2]);
    expect(dropped.slice(1)).toEqual([[[2], 'stopped']]);
    answer([3]);
    await settled();
  });

  it('serves a consumer that has come while a promise is awaited, though the first has left', async () => {
    const answers: ((events: readonly number[]) => void)[] = [];
    const source = producer(() => new Promise<readonly number[]>((resolve) => answers.push(resolve)));
    const first = new RawConsumer(source);
    first.ask(2);
    const second = new RawConsumer(source);
    second.ask(2);
    first.unsubscribe();
    expect(second.ended).toBeUndefined();
    answers[0]!([1, 2]);
    await settled();
    expect(second.events).toEqual([1, 2]);
    expect(answers).toHaveLength(1);
  });

  it('tears down the Observables it has answered with', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer = cold('    a-a-a-a-a-');
      const unsub = '          -----!    ';
      const expected = '       a-a-a-    ';
      const subscription = '   ^----!    ';
      const source = producer(() => answer);
      expectObservable(source.pipe(consume()), unsub).toBe(expected);
      expectSubscriptions(answer.subscriptions).toBe(subscription);
    });
  });

  it('begins anew for retry and repeat', () => {
    let runs = 0;
    const source = producer<number>((_, { complete, error }) => {
      runs++;
      if (runs === 2) error(new Error('second'));
      else complete();
      return [runs];
    });
    const got = record(source.pipe(consume(), retry(1), repeat(2)));
    expect(got.values).toEqual([1, 2, 3]);
    expect(got.ended).toBe('complete');
  });

  it('begins anew for who subscribes in the moment of the end', () => {
    let runs = 0;
    const source = producer<number>((_, { complete }) => {
      runs++;
      complete();
      return [runs];
    });
    const values: number[] = [];
    source.pipe(consume()).subscribe({
      next: (value) => values.push(value),
      complete: () => source.pipe(consume()).subscribe((value) => values.push(value)),
    });
    expect(values).toEqual([1, 2]);
  });

  it('ends all its consumers in the same way', () => {
    const { contexts, source } = silent({ dispatcher: broadcast() });
    const consumers = [new RawConsumer(source), new RawConsumer(source)];
    for (const consumer of consumers) consumer.ask(1);
    contexts[0]!.emit([1]);
    contexts[0]!.complete();
    expect(consumers.map(({ events, ended }) => [events, ended])).toEqual([
      [[1], 'complete'],
      [[1], 'complete'],
    ]);
  });

  it('is left by a consumer that has enough, and by one that never got anything', () => {
    const { contexts, source } = silent();
    const stop = new Subject<void>();
    const got = record(source.pipe(consume({ maxDemand: 2 }), takeUntil(stop)));
    stop.next();
    expect(contexts[0]!.signal.aborted).toBe(true);
    const some = record(source.pipe(consume({ maxDemand: 2 }), take(2)));
    contexts[1]!.emit([1, 2, 3]);
    expect(contexts[1]!.signal.aborted).toBe(true);
    expect([got.values, some.values]).toEqual([[], [1, 2]]);
  });
});
