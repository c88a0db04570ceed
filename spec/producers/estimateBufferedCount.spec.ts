import { NEVER, concat, of } from 'rxjs';
import {
  DemandQueue,
  estimateBufferedCount,
  fromIterable,
  producer,
  stage,
  tapDemand,
} from '../../src/index.ts';

describe('estimateBufferedCount', () => {
  it('counts what waits in a queue', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue([1, 2]);
    expect(estimateBufferedCount(queue)).toBe(2);
  });

  it('counts what a producer has answered beyond its demand', () => {
    const generous = producer((demand) => Array.from({ length: demand + 3 }, (_, n) => n));
    const consumer = generous.events(concat(of(1), NEVER)).subscribe();
    expect(estimateBufferedCount(generous)).toBe(3);
    consumer.unsubscribe();
    expect(estimateBufferedCount(generous)).toBe(0);
  });

  it('counts the results that wait in a stage', () => {
    const doubled = fromIterable([1, 2]).pipe(stage((n) => [n, n]));
    expect(estimateBufferedCount(doubled)).toBe(0);
    doubled.events(concat(of(1), NEVER)).subscribe();
    expect(estimateBufferedCount(doubled)).toBe(1);
  });

  it('refuses what keeps no buffer of ours', () => {
    const tapped = new DemandQueue<number>().pipe(tapDemand(() => undefined));
    for (const wrong of [tapped, of(1), null, 'queue']) {
      expect(() => estimateBufferedCount(wrong as never)).toThrow(
        'Expected `producer` to be a producer or stage of this package',
      );
    }
  });
});
