import { ConsumerSupervisor, type StartChild } from '../../src/engine/index.ts';
import { Supervised } from './support/Supervised.ts';
import { idleProducer } from './support/stages.ts';

const boom = new Error('boom');

const start: StartChild<number> = () => () => {};

describe('The options of a ConsumerSupervisor', () => {
  it.each(['permanent', 'always', null])('refuse to restart %p', (restart) => {
    const create = () => new ConsumerSupervisor(start, { restart: restart as never });
    expect(create).toThrow(RangeError);
    expect(create).toThrow(
      "Expected `restart` to be 'temporary' (never restarted) or 'transient' (restarted if it has crashed), got ",
    );
  });

  it.each([
    [{ maxRestarts: -1 }, 'Expected `maxRestarts` to be an integer of at least 0, got -1'],
    [{ withinMs: NaN }, 'Expected `withinMs` to be a number of at least 0, in ms, got NaN'],
  ])('refuse %p', (options, message) => {
    expect(() => new ConsumerSupervisor(start, options)).toThrow(new RangeError(message));
  });

  it.each(['report', 'now', 'terminate'])('refuse a %s that is no function', (name) => {
    const create = () => new ConsumerSupervisor(start, { [name]: 1 as never });
    expect(create).toThrow(new TypeError(`Expected \`${name}\` to be a function, got 1`));
  });

  it('are an object', () => {
    expect(() => new ConsumerSupervisor(start, null as never)).toThrow(TypeError);
  });

  it('come after a function', () => {
    expect(() => new ConsumerSupervisor(undefined as never)).toThrow(
      new TypeError('Expected `start` to be a function, got undefined'),
    );
  });

  it('of a subscription are checked when it is made', () => {
    const supervisor = new ConsumerSupervisor(start);
    expect(() => supervisor.subscribe(idleProducer(), { maxDemand: 0 })).toThrow(RangeError);
  });
});

describe('What a start answers', () => {
  it.each([undefined, true, 'ignored', Promise.resolve()])('is an error if it is %p', (answer) => {
    const reasons: unknown[] = [];
    const supervisor = new ConsumerSupervisor<number>(() => answer as never, {
      report: (report) => reasons.push(report.kind === 'start_error' && report.reason),
    });
    const producer = idleProducer();
    supervisor.subscribe(producer, { maxDemand: 1 });
    producer.emit([1]);
    expect(reasons).toEqual([expect.any(TypeError)]);
    expect(String(reasons[0])).toMatch(
      /Expected `start\(\)` to be a function that stops the child, or 'ignore', got /,
    );
    expect(supervisor.whichChildren()).toEqual([]);
  });
});

describe('A report', () => {
  it('is a warning on the console if nobody takes it', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const supervisor = new ConsumerSupervisor<number>(() => {
      throw boom;
    });
    const producer = idleProducer();
    supervisor.subscribe(producer);
    producer.emit([1]);
    expect(warn.mock.calls).toEqual([
      [
        'ConsumerSupervisor: start_error. Its option `report` takes such reports.',
        { kind: 'start_error', reason: boom, event: 1 },
      ],
    ]);
    warn.mockRestore();
  });

  it('stops the supervisor if it fails, once the events that came together have been started', () => {
    const supervised = new Supervised({
      report: () => {
        throw boom;
      },
    });
    supervised.failures = { 1: new Error('no child') };
    const producer = idleProducer();
    supervised.supervisor.subscribe(producer);
    producer.emit([1, 2]);
    expect(supervised.supervisor.stage.exitReason).toBe(boom);
    expect(supervised.log).toEqual(['+1', '+2', '-2']);
  });

  it('stops the supervisor if it fails in a call', () => {
    const { supervisor } = new Supervised({
      report: () => {
        throw boom;
      },
    });
    const child = supervisor.startChild(1);
    if (child !== 'ignore') child.exit('crash');
    expect(supervisor.stage.exitReason).toBe(boom);
  });
});
