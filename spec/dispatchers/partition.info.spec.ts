import { newPartitioned } from './support/newPartitioned.ts';

describe('A side message among partitions', () => {
  it('is due at once if no partition has more than it has asked for', () => {
    const { dispatcher, host, subscribe } = newPartitioned();
    dispatcher.ask(subscribe(0), 2);
    dispatcher.dispatch([0]);
    dispatcher.info('m');
    expect(host.messages).toEqual(['m']);
  });

  it('is due when each partition that keeps events has sent those before it', () => {
    const { dispatcher, host, subscribe } = newPartitioned();
    const [zero, one, two] = [subscribe(0), subscribe(1), subscribe(2)];
    dispatcher.ask(two, 5);
    dispatcher.dispatch([0, 1, 4]);
    dispatcher.info('m');
    dispatcher.ask(one, 1);
    dispatcher.ask(zero, 2);
    expect(host.messages).toEqual([]);
    dispatcher.ask(one, 2);
    expect(host.messages).toEqual(['m']);
    expect([zero.events, one.events]).toEqual([[0], [1, 4]]);
  });

  it('splits the batch at its place', () => {
    const { dispatcher, host, subscribe } = newPartitioned();
    const [zero, one] = [subscribe(0), subscribe(1)];
    dispatcher.ask(one, 5);
    dispatcher.dispatch([0]);
    dispatcher.info('m');
    dispatcher.dispatch([3]);
    dispatcher.ask(zero, 5);
    expect(zero.batches).toEqual([[0], [3]]);
    expect(host.messages).toEqual(['m']);
  });

  it('waits for the next ask if demand is used up exactly', () => {
    const { dispatcher, host, subscribe } = newPartitioned();
    const zero = subscribe(0);
    dispatcher.ask(zero, 1);
    dispatcher.dispatch([0]);
    dispatcher.info('m');
    expect(host.messages).toEqual([]);
    dispatcher.ask(zero, 1);
    expect(host.messages).toEqual(['m']);
  });

  it('is due when the consumer that it waited for leaves', () => {
    const { dispatcher, host, subscribe } = newPartitioned();
    const [zero, one] = [subscribe(0), subscribe(1)];
    dispatcher.ask(one, 5);
    dispatcher.dispatch([0]);
    dispatcher.info('m');
    dispatcher.cancel(zero);
    expect(host.messages).toEqual(['m']);
  });

  it('is due in the order of the messages, each once', () => {
    const { dispatcher, host, subscribe } = newPartitioned();
    const [zero, one] = [subscribe(0), subscribe(1)];
    dispatcher.ask(subscribe(2), 5);
    dispatcher.dispatch([0, 1]);
    dispatcher.info('m');
    dispatcher.info('n');
    dispatcher.ask(zero, 5);
    dispatcher.ask(one, 5);
    expect(host.messages).toEqual(['m', 'n']);
  });
});
