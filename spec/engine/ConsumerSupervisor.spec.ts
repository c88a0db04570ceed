import fc from 'fast-check';
import { Stage } from '../../src/engine/index.ts';
import { Supervised } from './support/Supervised.ts';
import { counter, idleProducer, range } from './support/stages.ts';

const boom = new Error('boom');

describe('ConsumerSupervisor', () => {
  it('starts a child for each event, in order', () => {
    const { supervisor, log } = new Supervised();
    const queue = new Stage<never, number>('producer');
    supervisor.subscribe(queue);
    queue.emit([1, 2]);
    queue.emit([3]);
    expect(log).toEqual(['+1', '+2', '+3']);
  });

  it('asks for maxDemand events at once, and for no more while their children run', () => {
    const { supervisor, log } = new Supervised();
    const producer = counter(100);
    supervisor.subscribe(producer, { maxDemand: 3 });
    expect(producer.asks).toEqual([3]);
    expect(log).toEqual(['+0', '+1', '+2']);
  });

  it('asks for 1000 events, and again when 500 children have ended, if nothing is said', () => {
    const supervised = new Supervised();
    const producer = idleProducer();
    supervised.supervisor.subscribe(producer);
    producer.emit(range(0, 1000));
    for (const event of range(0, 499)) supervised.child(event).exit();
    expect(producer.asks).toEqual([1000]);
    supervised.child(499).exit();
    expect(producer.asks).toEqual([1000, 500]);
  });

  it.each([
    [0, [4, 1, 1, 1, 1]],
    [1, [4, 1, 1, 1, 1]],
    [2, [4, 2, 2]],
    [3, [4, 3]],
  ])('asks again when minDemand (%p) children have ended', (minDemand, asks) => {
    const supervised = new Supervised();
    const producer = idleProducer();
    supervised.supervisor.subscribe(producer, { maxDemand: 4, minDemand });
    producer.emit([1, 2, 3, 4]);
    for (const event of [3, 1, 4, 2]) supervised.child(event).exit();
    expect(producer.asks).toEqual(asks);
  });

  it('asks for one event a child if it may have any number', () => {
    const supervised = new Supervised();
    const producer = idleProducer();
    supervised.supervisor.subscribe(producer, { maxDemand: Infinity });
    producer.emit([1, 2]);
    supervised.child(1).exit();
    expect(producer.asks).toEqual([Infinity, 1]);
  });

  it('asks by children, whatever mode its subscription has', () => {
    const { supervisor } = new Supervised();
    const producer = counter(100);
    supervisor.subscribe(producer, { maxDemand: 2, mode: 'manual' });
    supervisor.subscribe(producer, { maxDemand: 3, mode: 'automatic' });
    expect(producer.asks).toEqual([2, 3]);
  });

  it('counts the children of each subscription on their own', () => {
    const supervised = new Supervised();
    const [a, b] = [idleProducer(), idleProducer()];
    supervised.supervisor.subscribe(a, { maxDemand: 2, minDemand: 1 });
    supervised.supervisor.subscribe(b, { maxDemand: 2, minDemand: 1 });
    a.emit([1, 2]);
    b.emit([3]);
    supervised.child(3).exit();
    expect([a.asks, b.asks]).toEqual([[2], [2, 1]]);
    expect(supervised.children).toEqual([1, 2]);
  });

  it('takes an event that needs no child for one whose child has ended', () => {
    const supervised = new Supervised();
    supervised.ignored = [1, 3];
    const producer = idleProducer();
    supervised.supervisor.subscribe(producer, { maxDemand: 4, minDemand: 2 });
    producer.emit([1, 2, 3]);
    expect(supervised.children).toEqual([2]);
    expect(producer.asks).toEqual([4, 2]);
    expect(supervised.reports).toEqual([]);
  });

  it('takes an event whose child cannot be started for one whose child has ended, and reports it', () => {
    const supervised = new Supervised();
    supervised.failures = { 1: boom, 3: 'no room' };
    const producer = idleProducer();
    supervised.supervisor.subscribe(producer, { maxDemand: 4, minDemand: 2 });
    producer.emit([1, 2, 3]);
    expect(supervised.children).toEqual([2]);
    expect(producer.asks).toEqual([4, 2]);
    expect(supervised.told).toEqual([
      ['start_error', boom, 1],
      ['start_error', 'no room', 3],
    ]);
  });

  it('starts a transient child only once if it cannot be started', () => {
    const supervised = new Supervised({ restart: 'transient' });
    supervised.failures = { 1: boom };
    const queue = new Stage<never, number>('producer');
    supervised.supervisor.subscribe(queue);
    queue.emit([1]);
    expect(supervised.log).toEqual(['+1']);
    expect(supervised.supervisor.restartCauses).toEqual([]);
  });

  it('reports events in excess, and starts their children', () => {
    const supervised = new Supervised();
    const producer = idleProducer();
    const subscription = supervised.supervisor.subscribe(producer, { maxDemand: 2 });
    subscription.ask(3);
    producer.emit([1, 2]);
    expect(supervised.reports).toEqual([]);
    producer.emit([3, 4, 5]);
    expect(supervised.reports).toEqual([{ kind: 'excess_events', count: 3, from: subscription }]);
    expect(supervised.children).toEqual([1, 2, 3, 4, 5]);
  });

  it('goes on with a child that ends while it is being started', () => {
    const supervised = new Supervised();
    supervised.onStart = (child) => child.exit();
    const producer = counter(5);
    supervised.supervisor.subscribe(producer, { maxDemand: 2, minDemand: 1 });
    expect(supervised.log).toEqual(['+0', '+1', '+2', '+3', '+4']);
    expect(supervised.supervisor.countChildren()).toEqual({ active: 0, workers: 0 });
    expect(supervised.log).not.toContain('-0');
  });

  it('starts 100,000 children that end at once, without nesting them', () => {
    const supervised = new Supervised();
    supervised.onStart = (child) => child.exit();
    supervised.supervisor.subscribe(counter(100_000), { maxDemand: 1 });
    expect(supervised.log).toHaveLength(100_000);
  });

  it('starts each event once and never more than maxDemand children, whatever they do', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }).chain((maxDemand) =>
          fc.record({
            maxDemand: fc.constant(maxDemand),
            minDemand: fc.nat(maxDemand - 1),
          }),
        ),
        fc.uniqueArray(fc.nat(30)),
        fc.uniqueArray(fc.nat(30)),
        fc.array(fc.tuple(fc.nat(4), fc.constantFrom('normal', 'boom', 'terminated')), { minLength: 1 }),
        (options, ignored, failing, ends) => {
          const supervised = new Supervised();
          supervised.ignored = ignored;
          supervised.failures = Object.fromEntries(failing.map((event) => [event, boom]));
          const { supervisor, log } = supervised;
          supervisor.subscribe(counter(30), options);
          for (let turn = 0; supervised.children.length > 0; turn++) {
            expect(supervised.children.length).toBeLessThanOrEqual(options.maxDemand);
            const children = supervisor.whichChildren();
            const [at, end] = ends[turn % ends.length]!;
            const child = children[at % children.length]!;
            if (end === 'terminated') supervisor.terminateChild(child);
            else child.exit(end);
          }
          expect(supervised.reports.filter(({ kind }) => kind === 'excess_events')).toEqual([]);
          expect(log.filter((entry) => entry.startsWith('+'))).toEqual(range(0, 30).map((n) => `+${n}`));
        },
      ),
    );
  });
});

describe('The end of a subscription of a ConsumerSupervisor', () => {
  it('leaves its children running', () => {
    const supervised = new Supervised();
    const queue = new Stage<never, number>('producer');
    supervised.supervisor.subscribe(queue, { cancel: 'temporary' });
    queue.emit([1, 2]);
    queue.stop(boom);
    expect(supervised.supervisor.countChildren()).toEqual({ active: 2, workers: 2 });
    supervised.child(1).exit();
    expect(supervised.children).toEqual([2]);
    expect(supervised.log).toEqual(['+1', '+2']);
  });

  it('leaves nothing to be asked for', () => {
    const supervised = new Supervised();
    const producer = idleProducer();
    const subscription = supervised.supervisor.subscribe(producer, { maxDemand: 1, cancel: 'temporary' });
    producer.emit([1]);
    subscription.cancel();
    supervised.child(1).exit();
    expect(producer.asks).toEqual([1]);
    expect(supervised.reports).toEqual([]);
  });

  it('leaves its crashed children to be restarted', () => {
    const supervised = new Supervised({ restart: 'transient' });
    const queue = new Stage<never, number>('producer');
    supervised.supervisor.subscribe(queue, { cancel: 'transient' });
    queue.emit([1]);
    queue.stop();
    supervised.child(1).exit(boom);
    expect(supervised.log).toEqual(['+1', '+1']);
    expect(supervised.children).toEqual([1]);
  });

  it('stops the supervisor, and its children with it, if it is permanent', () => {
    const supervised = new Supervised();
    const queue = new Stage<never, number>('producer');
    supervised.supervisor.subscribe(queue);
    queue.emit([1, 2]);
    queue.stop(boom);
    expect(supervised.supervisor.stage.exitReason).toBe(boom);
    expect(supervised.log).toEqual(['+1', '+2', '-1', '-2']);
  });
});
