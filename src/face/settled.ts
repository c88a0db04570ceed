import type { ObservableInput, Subscriber } from 'rxjs';
import { subscribeTo } from './subscribeTo.ts';

/**
 * Subscribes to `input`: returns nothing if it has completed at once, else a promise of its end. It is no promise of
 * JavaScript: that would settle later than the Observable, and not in virtual time.
 */
export function settled<T>(
  input: ObservableInput<T>,
  next: (value: T) => void,
  opened: (subscriber: Subscriber<T>) => void,
): PromiseLike<void> | undefined {
  const end: { completed?: true; failed?: { readonly error: unknown } } = {};
  let resolve: (() => void) | undefined;
  let reject: ((error: unknown) => void) | undefined;
  subscribeTo(
    input,
    {
      next,
      error: (error) => {
        end.failed = { error };
        reject?.(error);
      },
      complete: () => {
        end.completed = true;
        resolve?.();
      },
    },
    opened,
  );
  if (end.completed) return undefined;
  if (end.failed) throw end.failed.error;
  return {
    then: (fulfilled, rejected) => {
      resolve = () => {
        fulfilled?.(undefined);
      };
      reject = (error) => {
        rejected?.(error);
      };
      return undefined as never;
    },
  };
}
