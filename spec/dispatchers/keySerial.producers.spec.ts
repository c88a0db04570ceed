import {
  consume,
  demandMap,
  fromIterable,
  keySerial,
  producer,
  stage,
  type ProducerContext,
} from '../../src/index.ts';
import { deferred, quiet } from '../engine/support/stages.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { jobs } from './support/newKeySerial.ts';

const key = (job: string) => job[0];

describe('The producers of the RxJS face with keySerial()', () => {
  it('do one job of a key at a time, and all of them', () => {
    const running = new ManualJobs<string>();
    const done: string[] = [];
    fromIterable(jobs('a1 a2 a3 b1 a4 c1'), { dispatcher: keySerial({ key }) })
      .pipe(demandMap(running.project, { maxDemand: 3 }))
      .subscribe({ next: (job) => done.push(job), complete: () => done.push('complete') });
    expect(running.running).toEqual(['a1', 'b1', 'c1']);
    while (running.running.length > 0) running.finish(running.running[0]!);
    expect(done).toEqual([...jobs('a1 b1 c1 a2 a3 a4'), 'complete']);
    expect(running.most).toBe(3);
  });

  it('may answer by promises', async () => {
    const names = jobs('a1 a2 a3 b1 a4');
    let next = 0;
    const asks: number[] = [];
    const answer = async (demand: number, { complete }: ProducerContext<string>) => {
      asks.push(demand);
      await Promise.resolve();
      const events = names.slice(next, (next += demand));
      if (events.length === 0) complete();
      return events;
    };
    const running = new ManualJobs<string>();
    const ends: unknown[] = [];
    producer(answer, { dispatcher: keySerial({ key }) })
      .pipe(demandMap(running.project, { maxDemand: 2 }))
      .subscribe({ complete: () => ends.push('complete') });
    await quiet();
    // One after the other, in place of `a2` and `a3`, until there is a job for the second worker.
    expect([asks, running.running]).toEqual([
      [2, 1, 1],
      ['a1', 'b1'],
    ]);
    while (running.running.length > 0) {
      running.finish(running.running[0]!);
      await quiet();
    }
    expect([running.begun, ends]).toEqual([jobs('a1 b1 a2 a3 a4'), ['complete']]);
  });

  it('pass what a stage gives out by its keys', async () => {
    const [first, second] = [deferred(), deferred()];
    const done: string[] = [];
    fromIterable(jobs('a1 a2 b1'))
      .pipe(
        stage((job) => job.toUpperCase(), { dispatcher: keySerial({ key }) }),
        demandMap(
          async (job) => {
            if (job === 'A1') await first.promise;
            if (job === 'A2') await second.promise;
            return job;
          },
          { maxDemand: 2 },
        ),
      )
      .subscribe((job) => done.push(job));
    await quiet();
    expect(done).toEqual(['B1']);
    second.resolve();
    await quiet();
    expect(done).toEqual(['B1']);
    first.resolve();
    await quiet();
    expect(done).toEqual(['B1', 'A1', 'A2']);
  });

  it('give one event of a key at a time to `consume`', () => {
    const got: string[] = [];
    fromIterable(jobs('a1 a2 a3 b1'), { dispatcher: keySerial({ key }) })
      .pipe(consume())
      .subscribe((job) => got.push(job));
    expect(got.sort()).toEqual(jobs('a1 a2 a3 b1'));
  });
});
