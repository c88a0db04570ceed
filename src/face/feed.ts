import type { Observable } from 'rxjs';
import type { StageRun } from './StageRun.ts';
import { subscribeTo } from './subscribeTo.ts';

/** Subscribes to an Observable, and has a run emit what it emits, and end as it ends. */
export function feed<T>(source: Observable<T>, run: StageRun<never, T>): void {
  subscribeTo(
    source,
    {
      next: (event) => {
        run.stage.push(event);
      },
      error: (error) => {
        run.fail(error);
      },
      complete: () => {
        run.finish();
      },
    },
    (subscriber) => {
      run.own(subscriber);
    },
  );
}
