import { Stage, type StageCallbacks, type StageOptions, type Subscription } from '../../src/engine/index.ts';
import { keySerial, type KeySerialOptions } from '../../src/index.ts';
import { Recorder } from '../engine/support/Recorder.ts';
import { jobs } from './support/newKeySerial.ts';

const key = (job: string) => job[0];

/** A producer that is answered by hand, and remembers what it was asked. */
function asking(
  options: Partial<KeySerialOptions<string>> & StageOptions<string> = {},
  callbacks: StageCallbacks<never, string> = {},
) {
  const asks: number[] = [];
  const discarded: string[] = [];
  const producer = new Stage<never, string>(
    'producer',
    {
      discarded: (events) => void discarded.push(...events),
      ...callbacks,
      handleDemand: (demand) => void asks.push(demand),
    },
    { dispatcher: keySerial({ key, ...options }), ...options },
  );
  return { asks, discarded, producer };
}

/** A consumer that tells when it is told to. */
class Teller extends Recorder<string> {
  readonly tells = true;
}

function attached(producer: Stage<never, string>): {
  readonly teller: Teller;
  readonly link: Subscription<string>;
} {
  const teller = new Teller();
  return { teller, link: producer.attach(teller) };
}

describe('A producer with handleDemand and keySerial()', () => {
  it('is asked for more in place of events that wait for their key', () => {
    const { asks, producer } = asking();
    const { teller, link } = attached(producer);
    link.ask(3);
    producer.emit(jobs('a1 a2 a3'));
    expect(asks).toEqual([3, 2]);
    producer.emit(jobs('b1 a4'));
    expect([asks, teller.events]).toEqual([
      [3, 2, 1],
      ['a1', 'b1'],
    ]);
    link.settled(['a1']);
    expect([producer.peek(), asks.length]).toEqual([['a3', 'a4'], 3]);
  });

  it('is asked for no more than `maxHeld` in their place', () => {
    const { asks, producer } = asking({ maxHeld: 1 });
    const { link } = attached(producer);
    link.ask(3);
    producer.emit(jobs('a1 a2 a3'));
    expect(asks).toEqual([3, 1]);
    producer.emit(['a4']);
    expect(asks).toEqual([3, 1]);
  });

  it('keeps all that was asked for, whatever its buffer holds', () => {
    const { discarded, producer } = asking({ bufferSize: 0 });
    const { teller, link } = attached(producer);
    link.ask(3);
    producer.emit(jobs('a1 a2 a3'));
    expect([producer.peek(), discarded]).toEqual([['a2', 'a3'], []]);
    producer.emit(jobs('b1 a4'));
    expect([teller.events, discarded]).toEqual([['a1', 'b1'], []]);
    // Of these one was asked for.
    producer.emit(jobs('a5 a6 a7'));
    expect([producer.size, discarded]).toEqual([4, ['a2', 'a3']]);
  });

  it('may answer at once, as often as it is asked', () => {
    let next = 0;
    const producer = new Stage<never, string>(
      'producer',
      {
        handleDemand: (demand) =>
          Array.from({ length: demand }, () => (next++ === 50_000 ? 'b' : `a${next}`)),
      },
      { dispatcher: keySerial({ key, maxHeld: Infinity }), bufferSize: Infinity },
    );
    const { teller, link } = attached(producer);
    link.ask(2);
    expect(teller.events).toEqual(['a1', 'b']);
    expect(producer.size).toBe(49_999);
  });

  it('serves what waits to whoever asks, and asks for the rest', () => {
    const { asks, producer } = asking();
    producer.emit(jobs('a1 b1 a2'));
    const { teller, link } = attached(producer);
    link.ask(4);
    expect([teller.batches, asks]).toEqual([[['a1', 'b1']], [2]]);
  });

  it('passes demand of a consumer that has left on to nobody twice', () => {
    const { asks, producer } = asking();
    const [first, second] = [attached(producer), attached(producer)];
    first.link.ask(5);
    first.link.cancel();
    second.link.ask(5);
    second.link.ask(1);
    expect(asks).toEqual([5, 1]);
  });

  it('gets back what a consumer has not begun', () => {
    const { producer } = asking();
    const [first, second] = [attached(producer), attached(producer)];
    first.link.ask(2);
    producer.emit(jobs('a1 b1 b2'));
    first.link.cancel('normal', ['b1']);
    expect(producer.peek()).toEqual(['b1', 'b2']);
    second.link.ask(1);
    expect(second.teller.events).toEqual(['b1']);
    second.link.giveBack(['b1']);
    expect(producer.peek()).toEqual(['b1', 'b2']);
  });

  it('drains: stops when the last event that waits for its key has been taken', () => {
    const { producer } = asking();
    const { teller, link } = attached(producer);
    link.ask(3);
    producer.emit(jobs('a1 a2'));
    producer.drain();
    expect(producer.exited).toBe(false);
    link.settled(['a1']);
    expect([teller.events, teller.end]).toEqual([
      ['a1', 'a2'],
      ['down', 'normal'],
    ]);
  });

  it('delivers a side message after the events that waited before it', () => {
    const infos: unknown[] = [];
    const { producer } = asking({}, { handleInfo: (message) => void infos.push(message) });
    const { link } = attached(producer);
    link.ask(3);
    producer.emit(jobs('a1 a2'));
    producer.info('m');
    producer.emit(['b1']);
    expect(infos).toEqual([]);
    link.settled(['a1']);
    expect(infos).toEqual(['m']);
  });

  it('holds demand and events back while it accumulates', () => {
    const { asks, producer } = asking({ demand: 'accumulate' });
    const { teller, link } = attached(producer);
    link.ask(3);
    producer.emit(jobs('a1 a2 b1'));
    expect([asks, teller.events]).toEqual([[], []]);
    producer.setDemand('forward');
    expect([asks, teller.events]).toEqual([
      [3, 1],
      ['a1', 'b1'],
    ]);
    producer.setDemand('accumulate');
    link.settled(['a1']);
    expect(teller.events).toEqual(['a1', 'b1']);
    producer.setDemand('forward');
    expect(teller.events).toEqual(['a1', 'b1', 'a2']);
  });

  it('hands out what waits when it stops', () => {
    const { producer } = asking();
    const { link } = attached(producer);
    link.ask(3);
    producer.emit(jobs('a1 a2 a3'));
    expect(producer.clear()).toEqual(['a2', 'a3']);
    producer.stop();
    expect(producer.size).toBe(0);
  });
});

describe('A producer-consumer with keySerial()', () => {
  it('goes on taking events while those that it has given wait for their key', () => {
    const source = new Stage<never, string>('producer');
    const through = new Stage<string, string>(
      'producer_consumer',
      { handleEvents: (events) => events },
      { dispatcher: keySerial({ key, maxHeld: 2 }) },
    );
    through.subscribe(source, { maxDemand: 1 });
    const teller = new Teller();
    const link = through.attach(teller);
    link.ask(2);
    source.emit(jobs('a1 a2 a3 a4 a5 a6 b1'));
    // One was sent, two wait, and one more in place of the demand that is left.
    expect(teller.events).toEqual(['a1']);
    expect(through.peek()).toEqual(['a2', 'a3', 'a4']);
    link.settled(['a1']);
    link.ask(5);
    expect(teller.events).toEqual(['a1', 'a2', 'b1']);
  });
});

describe('A consumer stage on a producer with keySerial()', () => {
  it('gets at most one event of each key in a batch', () => {
    const source = new Stage<never, string>('producer', {}, { dispatcher: keySerial({ key }) });
    const batches: (readonly string[])[] = [];
    const consumer = new Stage<string>('consumer', { handleEvents: (events) => void batches.push(events) });
    consumer.subscribe(source, { maxDemand: 4, minDemand: 0 });
    source.emit(jobs('a1 a2 b1 b2 a3'));
    expect(batches).toEqual([['a1', 'b1'], ['a2', 'b2'], ['a3']]);
  });
});
