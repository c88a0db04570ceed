/** How a bad value is shown in an error. */
function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return `a function`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return `an object`;
  return String(value);
}

/** The error for an option or argument that is out of its range. */
export function rangeError(name: string, expected: string, got: unknown): RangeError {
  return new RangeError(`Expected \`${name}\` to be ${expected}, got ${show(got)}`);
}

/** The error for an argument of the wrong type. */
export function typeError(name: string, expected: string, got: unknown): TypeError {
  return new TypeError(`Expected \`${name}\` to be ${expected}, got ${show(got)}`);
}

export function isPositiveInteger(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}

/** Demand: a positive integer, or `Infinity`. */
export function assertDemand(name: string, value: unknown): asserts value is number {
  if (!isPositiveInteger(value) && value !== Infinity)
    throw rangeError(name, 'a positive integer or Infinity', value);
}

export function assertMaxDemand(value: unknown): asserts value is number {
  assertDemand('maxDemand', value);
}

export function assertMinDemand(value: unknown, maxDemand: number): asserts value is number {
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) >= maxDemand) {
    throw rangeError('minDemand', `an integer from 0 to below \`maxDemand\` (${maxDemand})`, value);
  }
}

export function assertBufferSize(value: unknown): asserts value is number {
  if (value !== Infinity && (!Number.isInteger(value) || (value as number) < 0)) {
    throw rangeError('bufferSize', 'an integer of at least 0, or Infinity', value);
  }
}

export function assertOneOf<T extends string>(
  name: string,
  allowed: readonly T[],
  value: unknown,
): asserts value is T {
  if (!allowed.includes(value as T)) {
    throw rangeError(name, `one of ${allowed.map((one) => `'${one}'`).join(', ')}`, value);
  }
}

export function assertFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw typeError(name, 'a function', value);
}

/** Callbacks among the options: functions, if they are given. */
export function assertCallbacks(options: object, ...names: readonly string[]): void {
  for (const name of names) {
    const value = (options as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) assertFunction(name, value);
  }
}

export function assertOptions(value: unknown): void {
  if (typeof value !== 'object' || value === null) throw typeError('options', 'an object', value);
}
