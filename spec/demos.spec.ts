import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { VirtualTimeScheduler, timer, type Subscription } from 'rxjs';
import { main as queueAndWorkers } from '../demos/01-queue-and-workers.ts';
import { main as lostDemand } from '../demos/02-lost-demand.ts';
import { main as peek } from '../demos/03-peek.ts';
import { main as pendingDemand } from '../demos/04-pending-demand.ts';
import { main as subjectAsQueue } from '../demos/05-subject-as-queue.ts';
import type { Demo } from '../demos/support/demo.ts';
import { linesOf } from '../demos/support/lines.ts';
import { root } from './support/repository.ts';

const MINUTE = 60_000;

jest.setTimeout(30_000);

/** What a demo has printed after so many ms of virtual time, with a line break before and after each line. */
function transcript(main: (demo: Demo) => Subscription, ms = Infinity): string {
  const scheduler = new VirtualTimeScheduler(undefined, ms);
  const printed: string[] = [];
  const running = main({ scheduler, log: (line) => void printed.push(line) });
  scheduler.flush();
  running.unsubscribe();

  // It has stopped: nothing is left to do, and so nothing more is printed.
  const lines = [...printed];
  scheduler.maxFrames = ms + MINUTE;
  scheduler.flush();
  expect(printed).toEqual(lines);
  return `\n${lines.join('\n')}\n`;
}

describe('Demo 1', () => {
  it('shows that the workers ask and that the queue keeps their demand', () => {
    expect(transcript(queueAndWorkers)).toBe(`
   0.000  starting the queue
   0.000  starting worker 0
   0.000  queue: [], demand: 1
   0.000  starting worker 1
   0.000  queue: [], demand: 2
   1.000  queue: [], demand: 2
   2.000  queue: [], demand: 2
   3.000  queue: [], demand: 2

Seen: both workers have asked, and the queue has nothing for them. It keeps their demand.
Next: jobs! But in a queue that does not keep demand. npx ts-node demos/02-lost-demand.ts
`);
  });
});

describe('Demo 2', () => {
  it('shows that jobs enqueued after a naive producer was asked reach nobody', () => {
    expect(transcript(lostDemand)).toBe(`
   0.000  starting the queue
   0.000  starting worker 0
   0.000  handling demand: 1, queue: []
   0.000  starting worker 1
   0.000  handling demand: 1, queue: []
   0.000  enqueued: [1..10]

Seen: demand was handled, then jobs were enqueued, and in three seconds no worker has got one.
Next: are the jobs in the queue at all? npx ts-node demos/03-peek.ts
`);
  });
});

describe('Demo 3', () => {
  it('shows full queue and idle workers, and that only who asks again is served', () => {
    expect(transcript(peek)).toBe(`
   0.000  starting the queue
   0.000  starting worker 0
   0.000  handling demand: 1, queue: []
   0.000  starting worker 1
   0.000  handling demand: 1, queue: []
   0.000  enqueued: [1..10]
   0.000  peek: queue: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], idle: worker 0, worker 1
   1.500  peek: queue: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], idle: worker 0, worker 1
   2.000  starting worker 2
   2.000  handling demand: 1, queue: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
   2.000  worker 2: processing 1
   3.000  handling demand: 1, queue: [2, 3, 4, 5, 6, 7, 8, 9, 10]
   3.000  worker 2: processing 2
   4.000  handling demand: 1, queue: [3, 4, 5, 6, 7, 8, 9, 10]
   4.000  worker 2: processing 3
   4.500  peek: queue: [4, 5, 6, 7, 8, 9, 10], idle: worker 0, worker 1

Seen: jobs wait, and so do worker 0 and worker 1. The queue has forgotten that these two asked.
Next: a queue that remembers. npm run demo
`);
  });
});

describe('Demo 4', () => {
  it('dispatches a batch every 10 seconds, at once, to the demand that was kept', () => {
    expect(transcript(pendingDemand, 15_000)).toBe(`
   0.000  enqueue   10..20       queue    0  demand    2
   0.000  worker 0  job 10       queue    9  demand    0
   0.000  worker 1  job 11       queue    9  demand    0
   1.000  worker 0  job 12       queue    8  demand    0
   1.000  worker 1  job 13       queue    7  demand    0
   2.000  worker 0  job 14       queue    6  demand    0
   2.000  worker 1  job 15       queue    5  demand    0
   3.000  worker 0  job 16       queue    4  demand    0
   3.000  worker 1  job 17       queue    3  demand    0
   4.000  worker 0  job 18       queue    2  demand    0
   4.000  worker 1  job 19       queue    1  demand    0
   5.000  worker 0  job 20       queue    0  demand    0
   5.000  demand    kept         queue    0  demand    1
   6.000  demand    kept         queue    0  demand    2
  10.000  enqueue   20..30       queue    0  demand    2
  10.000  worker 1  job 20       queue    9  demand    0
  10.000  worker 0  job 21       queue    9  demand    0
  11.000  worker 1  job 22       queue    8  demand    0
  11.000  worker 0  job 23       queue    7  demand    0
  12.000  worker 1  job 24       queue    6  demand    0
  12.000  worker 0  job 25       queue    5  demand    0
  13.000  worker 1  job 26       queue    4  demand    0
  13.000  worker 0  job 27       queue    3  demand    0
  14.000  worker 1  job 28       queue    2  demand    0
  14.000  worker 0  job 29       queue    1  demand    0
  15.000  worker 1  job 30       queue    0  demand    0
  15.000  demand    kept         queue    0  demand    1
`);
  });

  it('ends when so many batches are done', () => {
    expect(transcript((demo) => pendingDemand({ ...demo, batches: 2, workers: 1 }))).toBe(`
   0.000  enqueue   10..20       queue    0  demand    1
   0.000  worker 0  job 10       queue   10  demand    0
   1.000  worker 0  job 11       queue    9  demand    0
   2.000  worker 0  job 12       queue    8  demand    0
   3.000  worker 0  job 13       queue    7  demand    0
   4.000  worker 0  job 14       queue    6  demand    0
   5.000  worker 0  job 15       queue    5  demand    0
   6.000  worker 0  job 16       queue    4  demand    0
   7.000  worker 0  job 17       queue    3  demand    0
   8.000  worker 0  job 18       queue    2  demand    0
   9.000  worker 0  job 19       queue    1  demand    0
  10.000  enqueue   20..30       queue    1  demand    0
  10.000  worker 0  job 20       queue   11  demand    0
  11.000  worker 0  job 20       queue   10  demand    0
  12.000  worker 0  job 21       queue    9  demand    0
  13.000  worker 0  job 22       queue    8  demand    0
  14.000  worker 0  job 23       queue    7  demand    0
  15.000  worker 0  job 24       queue    6  demand    0
  16.000  worker 0  job 25       queue    5  demand    0
  17.000  worker 0  job 26       queue    4  demand    0
  18.000  worker 0  job 27       queue    3  demand    0
  19.000  worker 0  job 28       queue    2  demand    0
  20.000  worker 0  job 29       queue    1  demand    0
  21.000  worker 0  job 30       queue    0  demand    0

22 jobs enqueued, 22 done, 0 still waiting.
`);
  });

  it('goes on like this for ten minutes', () => {
    const lines = transcript(pendingDemand, 10 * MINUTE - 1);
    const ranges = Array.from({ length: 60 }, (_, i) =>
      Array.from({ length: 11 }, (_, k) => 10 * (i + 1) + k),
    );
    expect([...lines.matchAll(/worker [01] +job (\d+)/g)].map(([, job]) => Number(job))).toEqual(
      ranges.flat(),
    );
    expect(lines.match(/enqueue .* queue +0 +demand +2$/gm)).toHaveLength(60);
    expect(lines.trimEnd()).toMatch(/ 596\.000 +demand +kept +queue +0 +demand +2$/);
  });

  it('finishes the jobs that run when it is told to stop, and counts those that wait', () => {
    const stopped = transcript((demo) => pendingDemand({ ...demo, stop: timer(2500, demo.scheduler) }));
    expect(stopped).toBe(`
   0.000  enqueue   10..20       queue    0  demand    2
   0.000  worker 0  job 10       queue    9  demand    0
   0.000  worker 1  job 11       queue    9  demand    0
   1.000  worker 0  job 12       queue    8  demand    0
   1.000  worker 1  job 13       queue    7  demand    0
   2.000  worker 0  job 14       queue    6  demand    0
   2.000  worker 1  job 15       queue    5  demand    0

Stopping: the jobs that run are finished. Ctrl-C again kills.

11 jobs enqueued, 6 done, 5 still waiting.
`);
  });

  it('reads job ids no faster than they get done', async () => {
    let read = 0;
    async function* ids(): AsyncGenerator<readonly string[]> {
      for (;;) yield [`user ${++read}`];
    }
    const scheduler = new VirtualTimeScheduler(undefined, 0);
    const running = pendingDemand({ scheduler, log: () => {}, ids: ids(), work: 1, workers: 3 });
    const readAt = async (ms: number) => {
      scheduler.maxFrames = ms;
      scheduler.flush();
      // More than it would take to read on to where the queue is full again.
      for (let turn = 0; turn < 20_000; turn++) await Promise.resolve();
      return read;
    };
    // 3 run, 1000 wait in the queue, and one has been refused.
    await expect(readAt(0)).resolves.toBe(1004);
    await expect(readAt(100)).resolves.toBe(1004);
    // 600 have got done.
    await expect(readAt(200)).resolves.toBe(1004 + 600);
    running.unsubscribe();
  });
});

describe('Demo 5', () => {
  it('shows demandMap in the place of mergeMap, and what a DemandQueue before it keeps', () => {
    expect(transcript(subjectAsQueue)).toBe(`
   0.000  user 1    A: 1         B: 1         C: 1         waits: -
   1.000  user 2    A: 1 2       B: 1 2       C: 1 2       waits: -
   2.000  user 3    A: 1 2 3     B: 1 2 3     C: 1 2 3     waits: -
   3.000  user 4    A: 1 2 3     B: 1 2 3     C: 1 2 3     waits: 4
   4.000  user 5    A: 1 2 3     B: 1 2 3     C: 1 2 3     waits: 4 5
   5.000  user 6    A: 2 3 4     B: 2 3 4     C: 2 3 4     waits: 5 6
   6.000  user 7    A: 3 4 5     B: 3 4 5     C: 3 4 5     waits: 6 7
   7.000  user 8    A: 4 5 6     B: 4 5 6     C: 4 5 6     waits: 7 8
   8.000  user 9    A: 4 5 6     B: 4 5 6     C: 4 5 6     waits: 7 8 9
   9.000  user 10   A: 5 6 7     B: 5 6 7     C: 5 6 7     waits: 8 9 10
   9.000  stopped   A: -         B: -         C: -         waits: 8 9 10
  10.000            A: -         B: -         C: -         waits: 8 9 10
  10.000  started   A: -         B: -         C: 8 9 10    waits: -
  11.000            A: -         B: -         C: 8 9 10    waits: -
  12.000            A: -         B: -         C: 8 9 10    waits: -
  13.000            A: -         B: -         C: 8 9 10    waits: -
  14.000            A: -         B: -         C: 8 9 10    waits: -
  15.000            A: -         B: -         C: -         waits: -

A  mergeMap, Subject       done: 1 2 3 4          cut short: 5 6 7
B  demandMap, Subject      done: 1 2 3 4          cut short: 5 6 7
C  demandMap, DemandQueue  done: 1 2 3 4 8 9 10   cut short: 5 6 7

Seen: B does what A does. Both lose those who waited when the pool was stopped: a Subject hears no
demand, so they wait inside the operator and go with it. In C they wait in the queue: one can see
them, and whoever asks next gets them. A sync that is cut short is lost in all three.
`);
  });
});

describe('linesOf', () => {
  it('gives the lines of a text that is cut anywhere, without empty ones', async () => {
    const lines: string[] = [];
    for await (const some of linesOf(chunks('ab', 'c\nd', '\n\n', 'e\r', '\n\r\nf'))) lines.push(...some);
    expect(lines).toEqual(['abc', 'd', 'e', 'f']);
  });
});

describe('npm run demo', () => {
  it('ends by itself after `--batches`', async () => {
    const { output, status } = await demo(['--every', '20', '--batches', '2']);
    expect(output.match(/worker [01] +job \d+ +queue +\d+ +demand +\d+$/gm)).toHaveLength(22);
    expect(output).toMatch(/\n\n22 jobs enqueued, 22 done, 0 still waiting\.\n$/);
    expect(status).toBe(0);
  });

  it('takes job ids from standard input', async () => {
    const { output, status } = await demo(['--from', '-'], { input: 'ada\n\nbob\neve' });
    expect([...output.matchAll(/worker [01] +job \w+/g)].flat()).toEqual([
      'worker 0  job ada',
      'worker 1  job bob',
      'worker 0  job eve',
    ]);
    expect(output).toMatch(/\n\n3 jobs enqueued, 3 done, 0 still waiting\.\n$/);
    expect(status).toBe(0);
  });

  it('ends with a summary on Ctrl-C', async () => {
    const { output, status } = await demo(['--every', '1000'], { interruptAt: /job 11/ });
    expect(output).toMatch(/\n\nStopping: .*\n\n11 jobs enqueued, 2 done, 9 still waiting\.\n$/);
    expect(status).toBe(0);
  });

  it('is killed by a second Ctrl-C', async () => {
    const { status } = await demo(['--work', '60000'], { interruptAt: /job 11/, again: 600 });
    expect(status).toBe('SIGINT');
  });

  it('takes a Ctrl-C that npm passes on for the same one', async () => {
    const { output, status } = await demo(['--work', '400'], { interruptAt: /job 11/, again: 100 });
    expect(output).toMatch(/\n\n11 jobs enqueued, 2 done, 9 still waiting\.\n$/);
    expect(status).toBe(0);
  });

  it('ends quietly when nobody reads on', async () => {
    const { errors, status } = await demo(['--every', '10'], { closeAt: /job 11/ });
    expect(errors).toBe('');
    expect(status).toBe(0);
  });

  it.each([
    [['--evry', '5'], /^Expected one of --every, .*, got "--evry"\. See --help\.\n$/],
    [['--workers', '0'], /^Expected --workers to be an integer from 1 to \d+, got "0"\. See --help\.\n$/],
    [['--from', 'no-such-file'], /^Cannot read "no-such-file": ENOENT: .*\n$/],
  ])('says in one line what is wrong with %j', async (args, message) => {
    const { output, errors, status } = await demo(args);
    expect(errors).toMatch(message);
    expect(output).toBe('');
    expect(status).toBe(1);
  });
});

async function* chunks(...texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

interface Actions {
  readonly input?: string;
  /** Presses Ctrl-C when a chunk of output matches this. */
  readonly interruptAt?: RegExp;
  /** Presses it once more so many ms later. */
  readonly again?: number;
  /** Reads no more once a chunk of output matches this. */
  readonly closeAt?: RegExp;
}

/** What a run of demo 4 as a program printed, and its exit code or the signal that killed it. */
function demo(args: readonly string[], { input = '', interruptAt, again, closeAt }: Actions = {}) {
  const program = join(root, 'demos/04-pending-demand.ts');
  const child = spawn(process.execPath, ['-r', 'ts-node/register', program, ...args], { cwd: root });
  let output = '';
  let errors = '';
  child.stdin.end(input);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (interruptAt?.test(text)) {
      child.kill('SIGINT');
      if (again) setTimeout(() => child.kill('SIGINT'), again);
    }
    if (closeAt?.test(text)) child.stdout.destroy();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  return new Promise<{ output: string; errors: string; status: number | string | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ output, errors, status: code ?? signal }));
  });
}
