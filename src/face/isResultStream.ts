import { observable, type ObservableInput } from 'rxjs';

/**
 * True for what gives any number of results: an Observable, an (async) iterable or a web stream, but not a string, and no
 * bytes, such as a Buffer.
 */
export function isResultStream(value: unknown): value is ObservableInput<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  if (ArrayBuffer.isView(value)) return false;
  const input = value as Partial<Record<PropertyKey, unknown>>;
  return (
    typeof input[observable] === 'function' ||
    typeof input[Symbol.iterator] === 'function' ||
    typeof input[Symbol.asyncIterator] === 'function' ||
    typeof input['getReader'] === 'function'
  );
}
