import { KeySerialDispatcher } from '../../src/dispatchers/keySerial.ts';
import { Stage } from '../../src/engine/index.ts';
import { Supervised } from './support/Supervised.ts';

/** A producer that gives out one event of a key at a time; the key is the tens. */
const serial = () =>
  new Stage<never, number>(
    'producer',
    {},
    {
      dispatcher: (host) => new KeySerialDispatcher({ key: (n: number) => Math.floor(n / 10) }, host),
    },
  );

describe('A ConsumerSupervisor on a dispatcher that waits for events to be done', () => {
  it('tells that an event is done when its child has ended', () => {
    const producer = serial();
    const supervised = new Supervised();
    supervised.supervisor.subscribe(producer, { maxDemand: 4, minDemand: 0 });
    producer.emit([10, 11, 20]);
    expect(supervised.children).toEqual([10, 20]);
    supervised.child(10).exit();
    expect(supervised.children).toEqual([20, 11]);
  });

  it('tells so of a child that is terminated, has crashed, or is not needed', () => {
    const producer = serial();
    const supervised = new Supervised();
    supervised.ignored = [12];
    supervised.supervisor.subscribe(producer, { maxDemand: 4, minDemand: 0 });
    producer.emit([10, 11, 12, 13]);
    supervised.supervisor.terminateChild(supervised.child(10));
    expect(supervised.children).toEqual([11]);
    supervised.child(11).exit(new Error('crash'));
    expect(supervised.children).toEqual([13]);
  });

  it('does not tell so of a child that is started again', () => {
    const producer = serial();
    const supervised = new Supervised({ restart: 'transient' });
    supervised.supervisor.subscribe(producer, { maxDemand: 4, minDemand: 0 });
    producer.emit([10, 11]);
    supervised.child(10).exit(new Error('crash'));
    expect(supervised.children).toEqual([10]);
    supervised.child(10).exit();
    expect(supervised.children).toEqual([11]);
  });
});
