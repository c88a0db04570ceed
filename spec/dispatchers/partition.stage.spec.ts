import { PartitionDispatcher, Stage } from '../../src/engine/index.ts';
import { fromIterable, handleEvents, partition, producer, type ProducerContext } from '../../src/index.ts';
import { Recorder } from '../engine/support/Recorder.ts';

const upTo = (end: number) => Array.from({ length: end }, (_, n) => n);
/** Every tenth goes to the partition 0, the others to none. */
const everyTenth = (n: number) => (n % 10 === 0 ? ([n, 0] as const) : null);

describe('A producer of the RxJS face whose partition dispatcher discards events', () => {
  let warn: jest.SpyInstance;

  beforeEach(() => {
    warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
  });

  afterEach(() => {
    warn.mockRestore();
  });

  it.each([
    ['null', everyTenth],
    ['a partition that there is not', (n: number) => [n, n % 10] as const],
  ])('is asked for others in their place, if `hash` gives %s', (_, hash) => {
    const got: number[] = [];
    let completed = false;
    fromIterable(upTo(100), { dispatcher: partition({ partitions: 1, hash }) })
      .pipe(handleEvents((events) => void got.push(...events), { partition: 0, maxDemand: 4 }))
      .subscribe({ complete: () => (completed = true) });
    expect(got).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(completed).toBe(true);
  });

  it('is asked for as many as were discarded, at once and not twice', () => {
    const asks: number[] = [];
    let emit!: ProducerContext<number>['emit'];
    const answers = producer<number>(
      (demand, context) => {
        asks.push(demand);
        emit = context.emit;
      },
      { dispatcher: partition({ partitions: 1, hash: everyTenth }) },
    );
    answers.pipe(handleEvents(() => [], { partition: 0, maxDemand: 4 })).subscribe();
    emit([1, 2]);
    emit([3, 0]);
    expect(asks).toEqual([4, 2, 1]);
  });

  it('is asked for none in place of what it was not asked for', () => {
    const asks: number[] = [];
    let emit!: ProducerContext<number>['emit'];
    const answers = producer<number>(
      (demand, context) => {
        asks.push(demand);
        emit = context.emit;
      },
      { dispatcher: partition({ partitions: 1, hash: everyTenth }) },
    );
    answers.pipe(handleEvents(() => [], { partition: 0, maxDemand: 4, minDemand: 0 })).subscribe();
    emit([0, 10, 20]);
    // The fourth was asked for, and these are five.
    emit([1, 2, 3, 4, 5]);
    expect(asks).toEqual([4, 1]);
  });
});

describe('A stage of the engine whose partition dispatcher discards events', () => {
  it('is asked for no others, as in GenStage', () => {
    const asks: number[] = [];
    const stage = new Stage<never, number>(
      'producer',
      { handleDemand: (demand) => void asks.push(demand) },
      { dispatcher: (host) => new PartitionDispatcher({ partitions: 1, hash: everyTenth }, host) },
    );
    stage.attach(new Recorder(), { partition: 0 }).ask(4);
    stage.emit([1, 2, 3, 4]);
    expect(asks).toEqual([4]);
  });
});
