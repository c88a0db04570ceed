import type { Observable } from 'rxjs';

/** Settles when `source` has ended. */
export function completion<T>(source: Observable<T>, next?: (value: T) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    source.subscribe({ ...(next && { next }), error: reject, complete: resolve });
  });
}
