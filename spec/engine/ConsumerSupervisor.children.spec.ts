import { Stage } from '../../src/engine/index.ts';
import { Supervised } from './support/Supervised.ts';
import { idleProducer } from './support/stages.ts';

const boom = new Error('boom');

/** A supervisor with a child for each of the events. */
function running(events: readonly number[]) {
  const supervised = new Supervised();
  const producer = idleProducer();
  supervised.supervisor.subscribe(producer, { maxDemand: events.length, minDemand: 0 });
  producer.emit(events);
  return { supervised, producer, supervisor: supervised.supervisor };
}

describe('A child of a ConsumerSupervisor', () => {
  it('knows its event', () => {
    const { supervised } = running([7]);
    expect(supervised.child(7)).toMatchObject({ event: 7, restarting: false });
  });

  it('ends once', () => {
    const { supervised, producer } = running([1, 2]);
    supervised.child(1).exit();
    supervised.child(1).exit(boom);
    expect(supervised.reports).toEqual([]);
    expect(producer.asks).toEqual([2, 1]);
  });

  it('is not stopped when it ends by itself', () => {
    const { supervised, supervisor } = running([1, 2]);
    supervised.child(1).exit();
    supervisor.stage.stop();
    expect(supervised.log).toEqual(['+1', '+2', '-2']);
  });

  it('that ends before it fails to start is reported once, as one that was not started', () => {
    const supervised = new Supervised();
    supervised.failures = { 1: boom };
    supervised.onStart = (child) => child.exit('early');
    const producer = idleProducer();
    supervised.supervisor.subscribe(producer, { maxDemand: 1 });
    producer.emit([1]);
    expect(supervised.told).toEqual([['start_error', boom, 1]]);
    expect(producer.asks).toEqual([1, 1]);
  });
});

describe('ConsumerSupervisor.startChild', () => {
  it('starts a child that settles no demand', () => {
    const { supervised, producer, supervisor } = running([1]);
    expect(supervisor.startChild(7)).toBe(supervised.child(7));
    expect(supervised.children).toEqual([1, 7]);
    supervised.child(7).exit();
    expect(supervised.children).toEqual([1]);
    supervisor.terminateChild(supervisor.startChild(8) as never);
    expect(producer.asks).toEqual([1]);
  });

  it('answers that the event is ignored', () => {
    const supervised = new Supervised();
    supervised.ignored = [1];
    expect(supervised.supervisor.startChild(1)).toBe('ignore');
    expect(supervised.children).toEqual([]);
  });

  it('throws what the start throws, and reports nothing', () => {
    const supervised = new Supervised();
    supervised.failures = { 1: boom };
    expect(() => supervised.supervisor.startChild(1)).toThrow(boom);
    expect(supervised.children).toEqual([]);
    expect(supervised.reports).toEqual([]);
    supervised.supervisor.startChild(2);
    expect(supervised.children).toEqual([2]);
  });

  it('starts one that is restarted like any other', () => {
    const supervised = new Supervised({ restart: 'transient' });
    supervised.supervisor.startChild(1);
    supervised.child(1).exit(boom);
    expect(supervised.log).toEqual(['+1', '+1']);
    expect(supervised.told).toEqual([['child_terminated', boom, 1]]);
  });

  it('may be called by a start', () => {
    const supervised = new Supervised();
    supervised.onStart = ({ event }) => {
      if (event < 3) supervised.supervisor.startChild(event + 1);
    };
    supervised.supervisor.startChild(1);
    expect([...supervised.children].sort()).toEqual([1, 2, 3]);
  });

  it('knows a child that ends while it is being started', () => {
    const supervised = new Supervised();
    supervised.onStart = (child) => child.exit(boom);
    supervised.supervisor.startChild(1);
    expect(supervised.children).toEqual([]);
    expect(supervised.told).toEqual([['child_terminated', boom, 1]]);
  });

  it('throws when the supervisor has stopped', () => {
    const { supervisor, log } = new Supervised();
    supervisor.stage.stop(boom);
    expect(() => supervisor.startChild(1)).toThrow(
      new Error('The supervisor has stopped: it starts no child', { cause: boom }),
    );
    expect(log).toEqual([]);
  });
});

describe('ConsumerSupervisor.terminateChild', () => {
  it('stops a child, then asks in its place', () => {
    const { supervised, producer, supervisor } = running([1, 2]);
    const asks: number[][] = [];
    supervised.onStop = () => asks.push([...producer.asks]);
    expect(supervisor.terminateChild(supervised.child(1))).toBe(true);
    expect(supervised.log).toEqual(['+1', '+2', '-1']);
    expect(supervised.children).toEqual([2]);
    expect([...asks, producer.asks]).toEqual([[2], [2, 1]]);
    expect(supervised.reports).toEqual([]);
  });

  it('is false for a child that is gone', () => {
    const { supervised, producer, supervisor } = running([1, 2]);
    supervised.child(1).exit();
    supervisor.terminateChild(supervised.child(2));
    for (const event of [1, 2]) expect(supervisor.terminateChild(supervised.child(event))).toBe(false);
    expect(supervised.log).toEqual(['+1', '+2', '-2']);
    expect(producer.asks).toEqual([2, 1, 1]);
  });

  it("is false for another supervisor's child", () => {
    const { supervised } = running([1]);
    expect(new Supervised().supervisor.terminateChild(supervised.child(1))).toBe(false);
    expect(supervised.children).toEqual([1]);
  });

  it('is the end of a transient child, too', () => {
    const supervised = new Supervised({ restart: 'transient' });
    supervised.supervisor.startChild(1);
    supervised.onStop = (child) => child.exit(boom);
    supervised.supervisor.terminateChild(supervised.child(1));
    supervised.child(1).exit(boom);
    expect(supervised.log).toEqual(['+1', '-1']);
    expect(supervised.children).toEqual([]);
    expect(supervised.reports).toEqual([]);
  });

  it('reports a child that fails to stop, and takes it for gone', () => {
    const { supervised, producer, supervisor } = running([1]);
    supervised.onStop = () => {
      throw boom;
    };
    expect(supervisor.terminateChild(supervised.child(1))).toBe(true);
    expect(supervised.told).toEqual([['shutdown_error', boom, 1]]);
    expect(supervised.children).toEqual([]);
    expect(producer.asks).toEqual([1, 1]);
  });

  it('reports a child that has crashed a moment before', () => {
    const { supervised, producer, supervisor } = running([1]);
    supervised.onStart = () => {
      supervised.child(1).exit(boom);
      supervisor.terminateChild(supervised.child(1));
    };
    supervisor.startChild(2);
    expect(supervised.told).toEqual([['shutdown_error', boom, 1]]);
    expect(supervised.log).toEqual(['+1', '+2']);
    expect(producer.asks).toEqual([1, 1]);
  });
});

describe('ConsumerSupervisor.whichChildren and countChildren', () => {
  it('know of no child at first', () => {
    const { supervisor } = new Supervised();
    expect(supervisor.whichChildren()).toEqual([]);
    expect(supervisor.countChildren()).toEqual({ active: 0, workers: 0 });
  });

  it('know the children that run', () => {
    const { supervised, supervisor } = running([1, 2, 3]);
    supervised.child(2).exit();
    expect(supervisor.whichChildren()).toEqual([supervised.child(1), supervised.child(3)]);
    expect(supervisor.countChildren()).toEqual({ active: 2, workers: 2 });
  });

  it('give a list that does not change', () => {
    const { supervised, supervisor } = running([1]);
    const children = supervisor.whichChildren();
    supervised.child(1).exit();
    expect(children).toEqual([supervised.child(1)]);
  });
});

describe('The end of a ConsumerSupervisor', () => {
  it('stops all children, those started by hand included', () => {
    const { supervised, supervisor } = running([1, 2]);
    supervisor.startChild(7);
    supervisor.stage.stop(boom);
    expect(supervised.log.slice(3)).toEqual(['-1', '-2', '-7']);
    expect(supervised.reports).toEqual([]);
    expect(supervisor.countChildren()).toEqual({ active: 0, workers: 0 });
  });

  it('stops all of them, whatever fails, and reports that', () => {
    const { supervised, supervisor } = running([1, 2, 3]);
    supervised.onStop = ({ event }) => {
      if (event < 3) throw boom;
    };
    supervisor.stage.stop();
    expect(supervised.log.slice(3)).toEqual(['-1', '-2', '-3']);
    expect(supervised.told).toEqual([
      ['shutdown_error', boom, 1],
      ['shutdown_error', boom, 2],
    ]);
  });

  it('is told once, with its reason, when the children are gone', () => {
    const terminate = jest.fn((reason: unknown) => void log.push(`stopped: ${String(reason)}`));
    const { log, supervisor } = new Supervised({ terminate });
    supervisor.startChild(1);
    supervisor.stage.stop('enough');
    supervisor.stage.stop('more');
    expect(log).toEqual(['+1', '-1', 'stopped: enough']);
    expect(terminate).toHaveBeenCalledTimes(1);
  });

  it('is told to the producer', () => {
    const handleCancel = jest.fn();
    const producer = new Stage<never, number>('producer', { handleCancel });
    const { supervisor } = new Supervised();
    const subscription = supervisor.subscribe(producer);
    supervisor.stage.stop('shutdown');
    expect(handleCancel.mock.calls).toEqual([['down', 'shutdown', subscription]]);
  });

  it('leaves children nothing to end, and nobody to report to', () => {
    const { supervised, producer, supervisor } = running([1]);
    supervisor.stage.stop();
    supervised.child(1).exit(boom);
    expect(supervisor.terminateChild(supervised.child(1))).toBe(false);
    expect(supervised.reports).toEqual([]);
    expect(producer.asks).toEqual([1]);
  });

  it('is seen by a child that would start another while it is stopped', () => {
    const { supervised, supervisor } = running([1]);
    supervised.onStop = () => supervisor.startChild(2);
    supervisor.stage.stop();
    expect(supervised.log).toEqual(['+1', '-1']);
    expect(supervised.reports).toMatchObject([{ kind: 'shutdown_error', event: 1 }]);
  });
});
