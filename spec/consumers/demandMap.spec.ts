import { delay, of } from 'rxjs';
import { demandMap } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';

describe('demandMap over a DemandQueue', () => {
  it('dispatches jobs enqueued after demand arrived', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  -----abc---|   ');
      const expected = '    --------AB-(C|)';
      const asked = '       2-------11     ';
      const work = (job: string) => of(job.toUpperCase()).pipe(delay(3));
      expectObservable(jobs.pipe(demandMap(work, { maxDemand: 2 }))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });
});
