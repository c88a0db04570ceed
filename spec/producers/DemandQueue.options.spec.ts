import { BehaviorSubject, EMPTY, NEVER, Subject, of, throwError } from 'rxjs';
import { DemandQueue, consume, demandMap, type DemandMode } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';

describe('The gate of a DemandQueue', () => {
  it('holds demand and events back while it is closed, and loses none', () => {
    marbles(({ hot, queue, expectObservable }) => {
      const gate = hot<DemandMode>('--o---c---o--', { o: 'forward', c: 'accumulate' });
      const jobs = '                        a--b---c-----';
      const expected = '                    --ab------c--';
      const gated = new DemandQueue<string>({ demand: gate });
      queue(jobs).pipe(consume()).subscribe(gated);
      expectObservable(gated.pipe(consume())).toBe(expected);
    });
  });

  it('begins closed, and stays as it is when it completes', () => {
    const open = new DemandQueue<string>({ demand: of<DemandMode>('forward') });
    const closed = new DemandQueue<string>({ demand: EMPTY });
    const got: string[] = [];
    for (const queue of [open, closed]) {
      queue.pipe(consume()).subscribe((event) => void got.push(event));
      queue.next('a');
    }
    expect(got).toEqual(['a']);
    expect([closed.size, closed.demand]).toEqual([1, 1000]);
  });

  it('can be told by setDemand, too', () => {
    const queue = new DemandQueue<string>({ demand: 'accumulate' });
    const got: string[] = [];
    queue.pipe(demandMap((event: string) => event)).subscribe((event) => void got.push(event));
    queue.enqueue(['a', 'b']);
    expect(got).toEqual([]);
    queue.setDemand('forward');
    expect(got).toEqual(['a', 'b']);
    queue.setDemand('accumulate');
    queue.next('c');
    expect(got).toEqual(['a', 'b']);
    expect(() => queue.setDemand('open' as never)).toThrow(
      "Expected `mode` to be one of 'forward', 'accumulate', got 'open'",
    );
  });

  it('errors the queue when it errors, or says what it should not', () => {
    const boom = new Error('boom');
    for (const [gate, message] of [
      [throwError(() => boom), 'boom'],
      [of('open' as DemandMode), 'Expected `mode`'],
    ] as const) {
      const queue = new DemandQueue<string>({ demand: gate });
      const failed = jest.fn();
      queue.pipe(consume()).subscribe({ error: failed });
      expect(queue.closed).toBe(true);
      expect(failed).toHaveBeenCalledWith(
        expect.objectContaining({ message: expect.stringContaining(message) as unknown }),
      );
    }
  });

  it('is left when the queue ends', () => {
    const gate = new BehaviorSubject<DemandMode>('forward');
    const queue = new DemandQueue<string>({ demand: gate });
    expect(gate.observed).toBe(true);
    queue.complete();
    expect(gate.observed).toBe(false);
  });
});

describe('The hooks of a DemandQueue', () => {
  it('are told who comes, with what, and who leaves, and why', () => {
    const log: unknown[] = [];
    const queue = new DemandQueue<string>({
      handleSubscribe: ({ to, options }) => void log.push(['subscribed', to, options.partition]),
      handleCancel: (kind, reason) => void log.push([kind, reason]),
    });
    const consumer = queue.events(NEVER, { partition: 'p' }).subscribe();
    consumer.unsubscribe();
    expect(log).toEqual([
      ['subscribed', 'consumer', 'p'],
      ['cancel', 'normal'],
    ]);
  });

  it('can send a consumer away, in good order or with an error', () => {
    const ends: unknown[] = [];
    const boom = new Error('boom');
    const reasons = ['shutdown', boom];
    const queue = new DemandQueue<string>({
      handleSubscribe: (subscription) => {
        subscription.cancel(reasons.shift());
      },
    });
    for (const name of ['first', 'second']) {
      queue.events(NEVER).subscribe({
        complete: () => void ends.push([name, 'completed']),
        error: (error: unknown) => void ends.push([name, error]),
      });
    }
    expect(ends).toEqual([
      ['first', 'completed'],
      ['second', boom],
    ]);
    expect(queue.closed).toBe(false);
  });
});

describe('A side message of a DemandQueue', () => {
  it('comes after the events that waited when it was sent, and before later ones', () => {
    const log: unknown[] = [];
    const queue = new DemandQueue<string>({ handleInfo: (message) => void log.push(message) });
    const asks = new Subject<number>();
    queue.info('nothing waits');
    queue.enqueue(['a', 'b']);
    queue.info('after b');
    queue.enqueue(['c']);
    queue.events(asks).subscribe((events) => void log.push(events));
    asks.next(1);
    asks.next(5);
    expect(log).toEqual(['nothing waits', ['a'], ['b'], 'after b', ['c']]);
  });
});

describe('The options of a DemandQueue', () => {
  it.each([
    [{ handleSubscribe: 1 }, 'Expected `handleSubscribe` to be a function, got 1'],
    [{ handleCancel: {} }, 'Expected `handleCancel` to be a function, got an object'],
    [{ handleInfo: 'x' }, "Expected `handleInfo` to be a function, got 'x'"],
    [{ dispatcher: 1 }, 'Expected `dispatcher` to be a function, got 1'],
    [{ demand: 'open' }, "Expected `demand` to be one of 'forward', 'accumulate', got 'open'"],
    [null, 'Expected `options` to be an object, got null'],
  ])('%j are refused at once', (options, message) => {
    expect(() => new DemandQueue(options as never)).toThrow(message);
  });
});
