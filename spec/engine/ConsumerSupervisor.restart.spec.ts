import {
  ConsumerSupervisor,
  Stage,
  type Child,
  type ConsumerSupervisorOptions,
} from '../../src/engine/index.ts';
import { Supervised } from './support/Supervised.ts';
import { deferred, idleProducer } from './support/stages.ts';

const boom = new Error('boom');
const again = new Error('again');

const TOO_MANY = 'reached_max_restart_intensity';

/** A supervisor of transient children, one of which runs for each of the events. */
function transient(events: readonly number[], options: ConsumerSupervisorOptions<number> = {}) {
  const supervised = new Supervised({ restart: 'transient', ...options });
  const producer = idleProducer();
  supervised.supervisor.subscribe(producer, { maxDemand: events.length, minDemand: 0 });
  producer.emit(events);
  return { supervised, producer, supervisor: supervised.supervisor };
}

describe('A temporary child', () => {
  it.each(['normal', 'shutdown', ['shutdown', 'deploy']])('ends quietly with %p', (reason) => {
    const supervised = new Supervised({ restart: 'temporary' });
    supervised.supervisor.startChild(1);
    supervised.child(1).exit(reason);
    expect(supervised.children).toEqual([]);
    expect(supervised.reports).toEqual([]);
  });

  it('is reported, and not restarted, if it crashes', () => {
    const supervised = new Supervised();
    const producer = idleProducer();
    supervised.supervisor.subscribe(producer, { maxDemand: 1 });
    producer.emit([1]);
    supervised.child(1).exit(boom);
    expect(supervised.log).toEqual(['+1']);
    expect(supervised.told).toEqual([['child_terminated', boom, 1]]);
    expect(producer.asks).toEqual([1, 1]);
    expect(supervised.supervisor.restartCauses).toEqual([]);
  });

  it('may crash any number of times', () => {
    const supervised = new Supervised({ maxRestarts: 0 });
    for (const event of [1, 2, 3]) {
      supervised.supervisor.startChild(event);
      supervised.child(event).exit(boom);
    }
    expect(supervised.supervisor.stage.exited).toBe(false);
  });
});

describe('A transient child', () => {
  it.each(['normal', 'shutdown', ['shutdown', 'deploy']])('ends quietly with %p', (reason) => {
    const { supervised, producer } = transient([1]);
    supervised.child(1).exit(reason);
    expect(supervised.log).toEqual(['+1']);
    expect(supervised.reports).toEqual([]);
    expect(producer.asks).toEqual([1, 1]);
  });

  it('is restarted with its event if it crashes, and settles no demand by that', () => {
    const { supervised, producer, supervisor } = transient([1, 2]);
    const first = supervised.child(1);
    first.exit(boom);
    expect(supervised.log).toEqual(['+1', '+2', '+1']);
    expect(supervised.told).toEqual([['child_terminated', boom, 1]]);
    expect(supervisor.countChildren()).toEqual({ active: 2, workers: 2 });
    expect(supervisor.whichChildren()).not.toContain(first);
    expect(producer.asks).toEqual([2]);
    supervised.child(1).exit();
    expect(producer.asks).toEqual([2, 1]);
  });

  it('crashes by whatever is no orderly reason, undefined included', async () => {
    const { supervised } = transient([1]);
    const { exit } = supervised.child(1);
    const job = deferred();
    job.reject(undefined);
    await job.promise.then(() => exit(), exit);
    expect(supervised.told).toEqual([['child_terminated', undefined, 1]]);
  });

  it('has ended if its restart is ignored', () => {
    const { supervised, producer } = transient([1]);
    supervised.ignored = [1];
    supervised.child(1).exit(boom);
    expect(supervised.children).toEqual([]);
    expect(producer.asks).toEqual([1, 1]);
  });

  it('cannot be terminated by its own restart, whose demand is settled once', () => {
    const { supervised, producer, supervisor } = transient([1]);
    const first = supervised.child(1);
    const answers: boolean[] = [];
    supervised.onStart = () => answers.push(supervisor.terminateChild(first));
    first.exit(boom);
    expect(answers).toEqual([false]);
    expect(supervised.children).toEqual([1]);
    expect(producer.asks).toEqual([1]);
  });
});

describe('The restart intensity', () => {
  it('stops the supervisor, and terminates its children, beyond maxRestarts', () => {
    const { supervised, supervisor } = transient([1, 2], { maxRestarts: 2 });
    const causes = ['a', 'b', 'c'].map((message) => new Error(message));
    for (const cause of causes.slice(0, 2)) supervised.child(1).exit(cause);
    expect(supervisor.stage.exited).toBe(false);
    supervised.child(1).exit(causes[2]);
    expect(supervisor.stage.exitReason).toBe('shutdown');
    expect(supervised.log).toEqual(['+1', '+2', '+1', '+1', '-2']);
    expect(supervised.children).toEqual([]);
    expect(supervised.told).toEqual([
      ...causes.map((cause) => ['child_terminated', cause, 1]),
      ['shutdown', TOO_MANY, 1],
    ]);
    expect(supervisor.restartCauses).toEqual(causes);
  });

  it('is three restarts within five seconds if nothing is said', () => {
    const { supervised, supervisor } = transient([1]);
    for (const now of [0, 1, 2, 5001, 5002]) {
      supervised.now = now;
      supervised.child(1).exit(now);
    }
    expect(supervisor.stage.exited).toBe(false);
    expect(supervisor.restartCauses).toEqual([2, 5001, 5002]);
    supervised.child(1).exit('late');
    expect(supervisor.stage.exited).toBe(true);
    expect(supervisor.restartCauses).toEqual([2, 5001, 5002, 'late']);
  });

  it('is of all children together', () => {
    const { supervised, supervisor } = transient([1, 2], { maxRestarts: 1 });
    supervised.child(1).exit(boom);
    supervised.child(2).exit(again);
    expect(supervisor.stage.exited).toBe(true);
    expect(supervisor.restartCauses).toEqual([boom, again]);
  });

  it('tells the causes while it reports that it is reached', () => {
    const seen: unknown[] = [];
    const { supervised, supervisor } = transient([1], {
      maxRestarts: 0,
      report: ({ kind }) => void seen.push([kind, [...supervisor.restartCauses]]),
    });
    supervised.child(1).exit(boom);
    expect(seen).toEqual([
      ['child_terminated', []],
      ['shutdown', [boom]],
    ]);
  });

  it('lets no mail come between the last crash and the stop', () => {
    const { supervised, supervisor } = transient([1, 2, 3], { maxRestarts: 0 });
    const first = supervised.child(1);
    supervised.onStart = () => {
      supervised.child(2).exit(boom);
      first.exit(again);
      supervised.child(3).exit();
    };
    supervisor.startChild(4);
    expect(supervised.log).toEqual(['+1', '+2', '+3', '+4', '-4']);
    // What crashed before anybody heard of it is not gone silently.
    expect(supervised.told).toEqual([
      ['child_terminated', boom, 2],
      ['shutdown', TOO_MANY, 2],
      ['shutdown_error', again, 1],
    ]);
  });

  it('goes by the clock of the platform if none is given', () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    const children: Child<number>[] = [];
    const supervisor = new ConsumerSupervisor<number>(
      (_, child) => {
        children.push(child);
        return () => {};
      },
      { restart: 'transient', maxRestarts: 1, withinMs: 10, report: () => {} },
    );
    supervisor.startChild(1);
    for (const now of [0, 11, 22]) {
      clock.mockReturnValue(now);
      children.at(-1)?.exit(boom);
    }
    expect(supervisor.stage.exited).toBe(false);
    clock.mockReturnValue(32);
    children.at(-1)?.exit(boom);
    expect(supervisor.stage.exited).toBe(true);
  });
});

describe('A failing restart', () => {
  it('is tried again, and each try counts', () => {
    const { supervised, producer, supervisor } = transient([1, 2], { maxRestarts: 3 });
    supervised.failures = { 1: again };
    supervised.child(1).exit(boom);
    expect(supervised.log).toEqual(['+1', '+2', '+1', '+1', '+1', '-2']);
    expect(supervised.told).toEqual([
      ['child_terminated', boom, 1],
      ['start_error', again, 1],
      ['start_error', again, 1],
      ['start_error', again, 1],
      ['shutdown', TOO_MANY, 1],
    ]);
    expect(supervisor.stage.exitReason).toBe('shutdown');
    expect(supervisor.restartCauses).toEqual([boom, again, again, again]);
    // As in GenStage it asks in place of the child that is gone, and then stops.
    expect(producer.asks).toEqual([2, 1]);
  });

  it('may succeed in the end', () => {
    const { supervised, producer, supervisor } = transient([1]);
    let tries = 0;
    supervised.onStart = () => {
      supervised.failures = ++tries < 3 ? { 1: again } : {};
    };
    supervised.child(1).exit(boom);
    expect(supervised.log).toEqual(['+1', '+1', '+1', '+1']);
    expect(supervisor.countChildren()).toEqual({ active: 1, workers: 1 });
    supervised.child(1).exit();
    expect(producer.asks).toEqual([1, 1]);
  });

  it('waits its turn: what was sent before comes first', () => {
    const { supervised, supervisor } = transient([1, 2]);
    supervised.failures = { 1: again };
    supervised.onStart = () => {
      supervised.child(2).exit();
      supervisor.stage.stop();
    };
    supervised.child(1).exit(boom);
    expect(supervised.log).toEqual(['+1', '+2', '+1']);
    expect(supervisor.stage.exitReason).toBe('normal');
  });

  it('is seen meanwhile as a child that is restarting, and can be terminated', () => {
    const { supervised, producer, supervisor } = transient([1]);
    supervised.failures = { 1: again };
    const seen: unknown[] = [];
    const queue = new Stage<never, number>('producer');
    supervisor.subscribe(queue, { cancel: 'temporary' });
    supervised.onStart = ({ event }) => {
      // An event that has come in the same turn is served between two tries.
      if (event === 1 && supervised.log.length === 2) queue.emit([7]);
      if (event !== 7) return;
      const [child] = supervisor.whichChildren();
      seen.push([child?.event, child?.restarting], supervisor.countChildren());
      seen.push(supervisor.terminateChild(child!), supervisor.terminateChild(child!));
    };
    supervised.child(1).exit(boom);
    expect(seen).toEqual([[1, true], { active: 0, workers: 1 }, true, false]);
    expect(supervised.log).toEqual(['+1', '+1', '+7']);
    expect(supervised.children).toEqual([7]);
    expect(supervised.told).toEqual([
      ['child_terminated', boom, 1],
      ['start_error', again, 1],
    ]);
    expect(producer.asks).toEqual([1, 1]);
    expect(supervisor.stage.exited).toBe(false);
  });
});
