import { delay, mergeMap, of, throwError, timer, type Observable } from 'rxjs';

/** A job of three frames that gives the event in capitals; one whose event is a digit crashes after so many frames. */
export const crashing = (event: string): Observable<string> =>
  /\d/.test(event)
    ? timer(Number(event)).pipe(mergeMap(() => throwError(() => new Error(`crash of ${event}`))))
    : of(event.toUpperCase()).pipe(delay(3));
