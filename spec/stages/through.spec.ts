import {
  Observable,
  concatMap,
  distinctUntilChanged,
  endWith,
  filter,
  ignoreElements,
  last,
  map,
  pairwise,
  pipe,
  reduce,
  scan,
  startWith,
  take,
  takeWhile,
  toArray,
  type OperatorFunction,
} from 'rxjs';
import { consume, fromIterable, tapDemand, through } from '../../src/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { naturals, range, record } from '../support/record.ts';

const demands = [
  [1, 1],
  [1, 1000],
  [4, 1],
  [4, 3],
  [1000, 1000],
];

describe('through', () => {
  const operators: readonly (readonly [string, OperatorFunction<number, unknown>])[] = [
    ['map', map((n) => n * 2)],
    ['filter', filter((n) => n % 3 === 0)],
    ['filter that lets nothing pass', filter(() => false)],
    ['scan', scan((sum, n) => sum + n, 0)],
    ['pairwise', pairwise()],
    ['take', take(4)],
    ['take 0', take(0)],
    ['takeWhile', takeWhile((n) => n < 5, true)],
    ['distinctUntilChanged', distinctUntilChanged((a, b) => a >> 1 === b >> 1)],
    ['concatMap to an array', concatMap((n) => Array<number>(n).fill(n))],
    ['startWith', startWith('a', 'b')],
    ['endWith', endWith('a', 'b')],
    ['toArray', toArray()],
    ['reduce', reduce((sum, n) => sum + n, 0)],
    ['last', last()],
    ['ignoreElements', ignoreElements()],
    [
      'several',
      pipe(
        filter<number>((n) => n > 1),
        pairwise(),
        take(2),
      ),
    ],
    ['none', pipe()],
  ];

  it.each(operators)('is the operator: %s', (_, operator) => {
    for (const length of [0, 1, 7, 50]) {
      const expected = record(
        new Observable<number>((s) => (range(length).forEach((n) => s.next(n)), s.complete())).pipe(operator),
      );
      for (const [maxDemand = 1, asked = 1] of demands) {
        const got = record(
          fromIterable(range(length)).pipe(through(operator, { maxDemand }), consume({ maxDemand: asked })),
        );
        expect([got.values, String(got.ended)]).toEqual([expected.values, String(expected.ended)]);
      }
    }
  });

  it('asks again for what the operator does not let pass', () => {
    const asked: number[] = [];
    const source = fromIterable(naturals()).pipe(
      tapDemand((demand) => asked.push(demand)),
      through(filter((n) => n % 10 === 0)),
    );
    const consumer = new RawConsumer(source);
    expect(asked).toEqual([]);
    consumer.ask(3);
    expect(consumer.events).toEqual([0, 10, 20]);
    expect(asked).toHaveLength(22);
    expect(asked.every((demand) => demand === 1)).toBe(true);
    consumer.unsubscribe();
  });

  it('keeps what the operator gives beyond the demand', () => {
    const source = fromIterable([3, 2]).pipe(through(concatMap((n) => range(n))));
    const consumer = new RawConsumer(source);
    consumer.ask(1);
    consumer.ask(1);
    expect(consumer.events).toEqual([0, 1]);
    consumer.ask(5);
    expect(consumer.events).toEqual([0, 1, 2, 0, 1]);
    expect(consumer.ended).toBe('complete');
  });

  it('applies the operator once for each run, at the first ask', () => {
    let applied = 0;
    const counting: OperatorFunction<number, number> = (source) => {
      applied++;
      return source.pipe(scan((count) => count + 1, 0));
    };
    const counted = fromIterable(range(4)).pipe(through(counting));
    const first = new RawConsumer(counted);
    const second = new RawConsumer(counted);
    expect(applied).toBe(0);
    first.ask(2);
    second.ask(1);
    first.ask(1);
    expect([first.events, second.events]).toEqual([[1, 2, 4], [3]]);
    expect(applied).toBe(1);
    first.unsubscribe();
    second.unsubscribe();
    expect(record(counted.pipe(consume())).values).toEqual([1, 2, 3, 4]);
    expect(applied).toBe(2);
  });

  it('speaks first if its operator does', () => {
    const source = fromIterable(range(3)).pipe(through(startWith(-2, -1)));
    const consumer = new RawConsumer(source);
    consumer.ask(1);
    expect(consumer.events).toEqual([-2]);
    consumer.ask(9);
    expect(consumer.events).toEqual([-2, -1, 0, 1, 2]);
  });

  it('passes 100,000 events one by one through three operators without growing the stack', () => {
    const source = fromIterable(naturals()).pipe(
      through(map((n) => n)),
      through(filter((n) => n % 2 === 0)),
      through(take(100_000)),
    );
    const got = record(source.pipe(consume({ maxDemand: 1 })));
    expect(got.values).toHaveLength(100_000);
    expect(got.ended).toBe('complete');
  });
});
