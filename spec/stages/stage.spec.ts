import { EMPTY, NEVER, delay, of, take, type Observable } from 'rxjs';
import { DemandQueue, consume, fromIterable, handleEvents, stage, type JobContext } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { inputs } from '../support/inputs.ts';
import { naturals, range, record, settled } from '../support/record.ts';

describe('stage', () => {
  it('asks for the first time when it is asked, then ahead, and begins work only for who has asked', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const events = queue('  (abcde)-------------|');
      const askedFor = '      -1--1----1--1--1--1';
      const asked = '         -1----11--3-----1--';
      const expected = '      ----a----b--c--d--e-|';
      const project = (event: string) => of(event).pipe(delay(3));
      const values = Object.fromEntries('abcde'.split('').map((event) => [event, [event]]));
      expectObservable(events.pipe(stage(project)).events(demand(asked))).toBe(expected, values);
      expectDemand(events).toBe(askedFor);
    });
  });

  it('works on maxDemand events at a time, and gives results as they are ready', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const lasts = { a: 5, b: 1, c: 3, d: 1 };
      const events = queue('  (abcd)---|');
      const asked = '         21--1(11)';
      const expected =
        '      -b--cad--|'.replace('cad--', 'c(ad)'.slice(0, 5)).slice(0, 0) + '     -b--c(ad)|';
      const project = (event: string) => of(event).pipe(delay(lasts[event as 'a']));
      expectObservable(events.pipe(stage(project, { maxDemand: 2 }), consume())).toBe(expected);
      expectDemand(events).toBe(asked);
    });
  });

  it('asks at minDemand for what is missing to maxDemand', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const lasts = { a: 1, b: 3, c: 5, d: 6, e: 4, f: 4 };
      const events = queue('  (abcdef)    ');
      const asked = '         3--2---2---2';
      const expected = '      -a-b-c-e-d-f';
      const project = (event: string) => of(event).pipe(delay(lasts[event as 'a']));
      const options = { maxDemand: 3, minDemand: 1 };
      expectObservable(events.pipe(stage(project, options), consume())).toBe(expected);
      expectDemand(events).toBe(asked);
    });
  });

  it('keeps results that were not asked for, and emits them as they are', () => {
    const events = fromIterable(range(4)).pipe(stage((n) => [n, n + 0.5]));
    const consumer = new RawConsumer(events);
    consumer.ask(1);
    expect(consumer.batches).toEqual([[0]]);
    consumer.ask(2);
    expect(consumer.events).toEqual([0, 0.5, 1]);
    consumer.ask(10);
    expect(consumer.events).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]);
    expect(consumer.ended).toBe('complete');
  });

  it.each<[string, () => Observable<never>, unknown]>([
    ['never', () => NEVER, undefined],
    ['nothing', () => EMPTY, 'complete'],
  ])('gives no result for work that gives %s', (_, project, ended) => {
    const got = record(fromIterable([1, 2]).pipe(stage(project), consume()));
    expect(got.values).toEqual([]);
    expect(got.ended).toBe(ended);
  });

  it('completes with an empty source without having worked', () => {
    const project = jest.fn();
    const got = record(fromIterable([]).pipe(stage(project as () => number), consume()));
    expect(got.ended).toBe('complete');
    expect(project).not.toHaveBeenCalled();
  });

  it('completes when its source has and its work has ended', () => {
    const queue = new DemandQueue<number>();
    const jobs = new ManualJobs<number>();
    const got = record(queue.pipe(stage(jobs.project, { maxDemand: 2 }), consume()));
    queue.enqueue([1, 2]);
    queue.complete();
    jobs.finish(2);
    expect(got.ended).toBeUndefined();
    jobs.finish(1);
    expect(got.values).toEqual([2, 1]);
    expect(got.ended).toBe('complete');
  });

  it.each(inputs)('takes %s for work', async (_, input) => {
    const got = record(
      fromIterable([1, 2]).pipe(
        stage((n) => input([n]), { maxDemand: 2 }),
        consume(),
      ),
    );
    await settled();
    await settled();
    expect([...got.values].sort()).toEqual([1, 2]);
    expect(got.ended).toBe('complete');
  });

  it.each<[string, unknown]>([
    ['a number', 5],
    ['a string', 'abc'],
    ['undefined', undefined],
    ['null', null],
    ['an object', { a: 1 }],
    ['a function', () => 1],
  ])('takes %s for the result itself', (_, result) => {
    for (const maxDemand of [1, 3]) {
      const got = record(
        fromIterable([1, 2]).pipe(
          stage(() => result, { maxDemand }),
          consume({ maxDemand }),
        ),
      );
      expect(got.values).toEqual([result, result]);
    }
  });

  it('gives results at once in the order of the events, whatever form they have', () => {
    const forms = [(n: number) => n, (n: number) => of(n), (n: number) => [n], (n: number) => new Set([n])];
    for (const maxDemand of [1, 2, 5]) {
      for (const take of [1, 3, 1000]) {
        const got = record(
          fromIterable(range(40)).pipe(
            stage((n) => forms[n % 4]!(n), { maxDemand }),
            consume({ maxDemand: take }),
          ),
        );
        expect(got.values).toEqual(range(40));
        expect(got.ended).toBe('complete');
      }
    }
  });

  it('tells each job its index, its place and a signal', () => {
    const jobs = new ManualJobs<string>();
    const queue = new DemandQueue<string>();
    const got = record(queue.pipe(stage(jobs.project, { maxDemand: 2 }), consume()));
    queue.enqueue(['a', 'b', 'c', 'd']);
    jobs.finish('b');
    jobs.finish('a');
    const told = ['a', 'b', 'c', 'd'].map((event) => {
      const { index, worker } = jobs.context(event);
      return [index, worker];
    });
    expect(told).toEqual([
      [0, 0],
      [1, 1],
      [2, 1],
      [3, 0],
    ]);
    const { signal } = jobs.context('c');
    const ended = jobs.context('a').signal;
    expect(signal.aborted).toBe(false);
    got.unsubscribe();
    expect([signal.aborted, ended.aborted]).toEqual([true, false]);
  });

  it('aborts the signal of a job that looks at it only after it was left', () => {
    const contexts: JobContext[] = [];
    const queue = new DemandQueue<number>();
    const source = queue.pipe(
      stage((_: number, context) => (contexts.push(context), NEVER), { maxDemand: 2 }),
    );
    const got = record(source.pipe(consume()));
    queue.enqueue([1, 2]);
    got.unsubscribe();
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  });

  it('is an RxJS-like operator of nothing: applied twice it shares nothing', () => {
    const twice = stage((n: number, { index }: JobContext) => `${n} is job ${index}`);
    expect(record(fromIterable([7, 8]).pipe(twice, consume())).values).toEqual(['7 is job 0', '8 is job 1']);
    expect(record(fromIterable([9]).pipe(twice, consume())).values).toEqual(['9 is job 0']);
  });

  it('asks for all there is with a maxDemand of Infinity', () => {
    const jobs = new ManualJobs<number>();
    const queue = new DemandQueue<number>();
    record(queue.pipe(stage(jobs.project, { maxDemand: Infinity }), consume()));
    queue.enqueue(range(3000));
    expect(jobs.running).toHaveLength(3000);
    expect(queue.demand).toBe(Infinity);
  });

  it('can be left with a maxDemand of Infinity over an iterable without an end', () => {
    const source = fromIterable(naturals()).pipe(
      stage((n) => n, { maxDemand: Infinity }),
      consume(),
      take(5),
    );
    const got = record(source);
    expect(got.values).toEqual(range(5));
    expect(got.ended).toBe('complete');
  });

  it.each<[string, (n: number) => unknown]>([
    ['plain results', (n) => n],
    ['Observables', (n) => of(n)],
    ['arrays', (n) => [n]],
  ])('passes 100,000 events one by one through three stages without growing the stack: %s', (_, project) => {
    const source = fromIterable(naturals()).pipe(
      stage(project as (n: number) => number),
      stage(project as (n: number) => number),
      stage(project as (n: number) => number),
      handleEvents(([n]) => n, { maxDemand: 1 }),
      take(100_000),
    );
    expect(record(source).values).toEqual(range(100_000));
  });
});
