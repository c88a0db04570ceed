import { of } from 'rxjs';
import { demandMap, type DemandMapOptions } from '../../src/index.ts';

describe('Bad input to demandMap', () => {
  it.each([
    [0, '0'],
    [-1, '-1'],
    [1.5, '1.5'],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    ['3', "'3'"],
    [null, 'null'],
    [[3], 'an array of 1'],
  ])('maxDemand %p', (maxDemand, got) => {
    expectRangeError(
      { maxDemand },
      `Expected \`maxDemand\` to be a positive integer or Infinity, got ${got}`,
    );
  });

  it.each([
    [4, 4, '4'],
    [4, 5, '5'],
    [4, -1, '-1'],
    [4, 1.5, '1.5'],
    [4, NaN, 'NaN'],
    [4, Infinity, 'Infinity'],
    [4, '2', "'2'"],
    [1, 1, '1'],
    [Infinity, Infinity, 'Infinity'],
  ])('maxDemand %p with minDemand %p', (maxDemand, minDemand, got) => {
    expectRangeError(
      { maxDemand, minDemand },
      `Expected \`minDemand\` to be an integer from 0 to below \`maxDemand\` (${maxDemand}), got ${got}`,
    );
  });

  it('minDemand 1 with the default maxDemand', () => {
    expectRangeError(
      { minDemand: 1 },
      'Expected `minDemand` to be an integer from 0 to below `maxDemand` (1), got 1',
    );
  });

  it.each([
    [0, '0'],
    [-1, '-1'],
    [NaN, 'NaN'],
    ['x', "'x'"],
    ['5', "'5'"],
    [true, 'true'],
    [null, 'null'],
  ])('yieldAfterMs %p', (yieldAfterMs, got) => {
    expectRangeError(
      { yieldAfterMs },
      `Expected \`yieldAfterMs\` to be a number of ms above 0, or Infinity, got ${got}`,
    );
  });

  it.each([
    [undefined, 'undefined'],
    [1, '1'],
    ['job', "'job'"],
    [of(1), 'an object'],
  ])('project %#: no function', (project, got) => {
    expect(() => demandMap(project as never)).toThrow(
      new TypeError(`Expected \`project\` to be a function, got ${got}`),
    );
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [1, '1'],
    ['abc', "'abc'"],
    [[1, 2], 'an array of 2'],
    [Promise.resolve(1), 'an object'],
    [{ events: 1 }, 'an object'],
    [() => of(1), 'a function'],
  ])('source %#: neither Producer nor Observable', (source, got) => {
    const pool = demandMap(() => {});
    expect(() => pool(source as never)).toThrow(
      new TypeError(`Expected \`source\` to be a Producer or an Observable, got ${got}`),
    );
  });
});

describe('Good input to demandMap', () => {
  it.each<DemandMapOptions>([
    {},
    { maxDemand: 1, minDemand: 0 },
    { maxDemand: Infinity },
    { maxDemand: Infinity, minDemand: 5 },
    { maxDemand: 4, minDemand: 3 },
    { yieldAfterMs: 0.5 },
    { yieldAfterMs: Infinity },
  ])('%j', (options) => {
    const results: number[] = [];
    of(1, 2, 3)
      .pipe(demandMap((event: number) => event, options))
      .subscribe((result) => results.push(result));
    expect(results).toEqual([1, 2, 3]);
  });
});

function expectRangeError(options: Readonly<Record<string, unknown>>, message: string): void {
  const call = () => demandMap(() => {}, options);
  expect(call).toThrow(RangeError);
  expect(call).toThrow(new RangeError(message));
}

describe('Options of demandMap that are no object', () => {
  it.each([3, null, 'x'])('%p', (options) => {
    expect(() => demandMap((event) => event, options as never)).toThrow(TypeError);
  });
});
