import { EMPTY, NEVER, Observable, of, take, throwError } from 'rxjs';
import { consume, handleEvents, producer, type DemandAnswer, type ProducerContext } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { asInterop } from '../support/inputs.ts';
import { record, settled } from '../support/record.ts';

/** A producer of 0, 1, 2, ..., and what it was asked for. */
function counter() {
  const asked: number[] = [];
  let next = 0;
  const source = producer((demand) => {
    asked.push(demand);
    return Array.from({ length: demand }, () => next++);
  });
  return { asked, source };
}

describe('producer', () => {
  it('passes demand to handleDemand, and its answer to who has asked', () => {
    const { asked, source } = counter();
    const consumer = new RawConsumer(source);
    expect(asked).toEqual([]);
    consumer.ask(2);
    consumer.ask(3);
    expect(asked).toEqual([2, 3]);
    expect(consumer.batches).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
  });

  it('is asked by maxDemand and minDemand of its consumer', () => {
    const { asked, source } = counter();
    const batches = source.pipe(
      handleEvents((events) => [events], { maxDemand: 10, minDemand: 8 }),
      take(4),
    );
    expect(record(batches).values).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
    ]);
    expect(asked).toEqual([10, 2, 2, 2]);
  });

  it('serves demand that it has answered with nothing by what it emits later, and is not asked again', () => {
    const asked: number[] = [];
    let context!: ProducerContext<string>;
    const source = producer<string>((demand, its) => {
      asked.push(demand);
      context = its;
    });
    const consumer = new RawConsumer(source);
    consumer.ask(3);
    context.emit(['a']);
    context.emit(['b', 'c', 'd', 'e']);
    expect(consumer.batches).toEqual([['a'], ['b', 'c']]);
    consumer.ask(1);
    expect(consumer.events).toEqual(['a', 'b', 'c', 'd']);
    expect(asked).toEqual([3]);
    consumer.ask(3);
    expect(consumer.events).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(asked).toEqual([3, 2]);
  });

  it('keeps what it answers beyond the demand', () => {
    let next = 0;
    const source = producer(() => [next++, next++, next++]);
    const consumer = new RawConsumer(source);
    consumer.ask(1);
    expect(consumer.events).toEqual([0]);
    consumer.ask(2);
    expect(consumer.events).toEqual([0, 1, 2]);
    expect(next).toBe(3);
  });

  it('passes endless demand on as Infinity', () => {
    const asked: number[] = [];
    const consumer = new RawConsumer(producer((demand) => void asked.push(demand)));
    consumer.ask(Infinity);
    expect(asked).toEqual([Infinity]);
  });

  it('asks for what both consumers want, and gives each what it has asked for', () => {
    const { asked, source } = counter();
    const first = new RawConsumer(source);
    const second = new RawConsumer(source);
    first.ask(2);
    second.ask(1);
    expect(asked).toEqual([2, 1]);
    expect(first.events).toEqual([0, 1]);
    expect(second.events).toEqual([2]);
  });

  describe('may answer with', () => {
    const answers: readonly (readonly [string, () => DemandAnswer<number>])[] = [
      ['an array', () => [1, 2]],
      ['a Set', () => new Set([1, 2])],
      [
        'a generator',
        function* () {
          yield* [1, 2];
        },
      ],
      ['a promise of an array', async () => [1, 2]],
      ['a promise of a Set', async () => new Set([1, 2])],
      ['an Observable', () => of(1, 2)],
      ['an Observable of another library', () => asInterop(of(1, 2))],
      [
        'an async generator',
        async function* () {
          yield* [1, 2];
        },
      ],
      [
        'a web stream',
        () =>
          new ReadableStream<number>({
            start(controller) {
              controller.enqueue(1);
              controller.enqueue(2);
            },
          }) as never,
      ],
    ];
    it.each(answers)('%s', async (_, answer) => {
      let answered = false;
      const consumer = new RawConsumer(
        producer(() => {
          if (answered) return undefined;
          answered = true;
          return answer();
        }),
      );
      consumer.ask(5);
      await settled();
      await settled();
      expect(consumer.events).toEqual([1, 2]);
      expect(consumer.ended).toBeUndefined();
      consumer.unsubscribe();
    });

    it.each<[string, DemandAnswer<number>]>([
      ['nothing', undefined],
      ['an empty array', []],
      ['a promise of nothing', Promise.resolve()],
      ['an Observable that completes', EMPTY],
      ['an Observable that does nothing', NEVER],
    ])('%s, and what is missing stays owed', async (_, answer) => {
      let emit!: ProducerContext<number>['emit'];
      const source = producer<number>((__, context) => {
        emit = context.emit;
        return answer;
      });
      const consumer = new RawConsumer(source);
      consumer.ask(2);
      await settled();
      expect(consumer.events).toEqual([]);
      emit([7]);
      expect(consumer.events).toEqual([7]);
    });
  });

  it.each([5, {}, true])('errors if it answers with %p', (answer) => {
    const got = record(producer(() => answer as never).pipe(consume()));
    expect(got.ended).toBeInstanceOf(TypeError);
    expect((got.ended as Error).message).toMatch(
      /^Expected `answer` to be an iterable of events, or nothing, got /,
    );
  });

  it('handles no other demand while a promise is awaited', async () => {
    const asked: number[] = [];
    const answers = [Promise.resolve(['a']), Promise.resolve(['b', 'c'])];
    const source = producer((demand) => {
      asked.push(demand);
      return answers.shift();
    });
    const consumer = new RawConsumer(source);
    consumer.ask(1);
    consumer.ask(2);
    expect(asked).toEqual([1]);
    await settled();
    expect(asked).toEqual([1, 2]);
    expect(consumer.batches).toEqual([['a'], ['b', 'c']]);
  });

  it('takes the events of an Observable one by one, as they come', () => {
    marbles(({ cold, demand, expectObservable }) => {
      const asked = '         2---1------';
      const answers = [cold('  -a-b---|'), cold('--c|')];
      const expected = '      -a-b--c----';
      const source = producer(() => answers.shift());
      expectObservable(source.events(demand(asked))).toBe(expected, { a: ['a'], b: ['b'], c: ['c'] });
    });
  });

  describe('that fails', () => {
    const boom = new Error('boom');
    it.each<[string, () => DemandAnswer<number>]>([
      [
        'throws',
        () => {
          throw boom;
        },
      ],
      ['rejects', () => Promise.reject<void>(boom)],
      ['answers with an Observable that errors', () => throwError(() => boom)],
      [
        'answers with an async generator that throws',
        // eslint-disable-next-line require-yield -- it fails before
        async function* (): AsyncGenerator<number> {
          throw boom;
        },
      ],
    ])('errors: it %s', async (_, answer) => {
      const got = record(producer<number>(answer).pipe(consume()));
      await settled();
      expect(got.ended).toBe(boom);
    });

    it('delivers the events before first: a generator that throws', () => {
      const source = producer(function* () {
        yield 1;
        yield 2;
        throw boom;
      });
      const got = record(source.pipe(consume()));
      expect(got.values).toEqual([1, 2]);
      expect(got.ended).toBe(boom);
    });

    it('delivers the events before first: an Observable that errors', () => {
      const source = producer(
        () =>
          new Observable<number>((subscriber) => {
            subscriber.next(1);
            subscriber.error(boom);
          }),
      );
      const got = record(source.pipe(consume()));
      expect(got.values).toEqual([1]);
      expect(got.ended).toBe(boom);
    });

    it('passes on any value as the error, an orderly reason too', () => {
      const got = record(
        producer(() => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is the case
          throw 'normal';
        }).pipe(consume()),
      );
      expect(got.ended).toBe('normal');
    });
  });

  it('answers 100,000 asks that follow from its answers without growing the stack', () => {
    const { source } = counter();
    let last = -1;
    const consumer: RawConsumer<number> = new RawConsumer(source, ([event = 0]) => {
      last = event;
      if (event < 100_000) consumer.ask(1);
    });
    consumer.ask(1);
    expect(last).toBe(100_000);
  });

  it('emits in the order of the calls, and after the answer that is being given or awaited', async () => {
    const asWanted: DemandAnswer<number>[] = [[0], Promise.resolve([3])];
    const source = producer<number>((_, { emit }) => {
      const answer = asWanted.shift();
      emit([1]);
      emit([2]);
      return answer;
    });
    const consumer = new RawConsumer(source);
    consumer.ask(10);
    expect(consumer.events).toEqual([0, 1, 2]);
    consumer.ask(1);
    await settled();
    expect(consumer.events).toEqual([0, 1, 2, 3, 1, 2]);
  });
});
