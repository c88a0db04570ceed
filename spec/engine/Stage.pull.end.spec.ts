import { NOTHING, Stage, type StageCallbacks } from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';

/** A consumer of a producer that ends with what it answers. */
function ending(end: (producer: Stage<never, number>) => void) {
  const discarded: unknown[] = [];
  const callbacks: StageCallbacks<never, number> = {
    handleDemand: () => {
      end(producer);
      return [1];
    },
    discarded: (events, cause) => void discarded.push([events, cause]),
  };
  const producer = new Stage<never, number>('producer', callbacks);
  const consumer = new Recorder<number>();
  return { producer, consumer, discarded, subscription: producer.attach(consumer) };
}

describe('Subscription.pull at a producer that ends with its answer', () => {
  it('has the event sent, and the end behind it, without another ask', () => {
    const { consumer, subscription } = ending((producer) => producer.drain());
    expect(subscription.pull()).toBe(NOTHING);
    expect(consumer.batches).toEqual([[1]]);
    expect(consumer.end).toEqual(['down', 'normal']);
  });

  it('returns the event if something else is to be done first that does not end it', () => {
    const { producer, consumer, subscription } = ending((its) => its.info('a message'));
    expect(subscription.pull()).toBe(1);
    expect(consumer.batches).toEqual([]);
    expect(producer.exited).toBe(false);
  });

  it('hands the event out if it has stopped', () => {
    const { consumer, discarded, subscription } = ending((producer) => producer.stop());
    expect(subscription.pull()).toBe(NOTHING);
    expect(consumer.batches).toEqual([]);
    expect(discarded).toEqual([[[1], 'stopped']]);
  });
});
