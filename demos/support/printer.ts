import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Prints lines on a stream, and gives a promise of when it takes the next one. */
export function printer(stream: Writable): (line: string) => Promise<void> {
  const ready = Promise.resolve();
  let drained: Promise<void> | undefined;
  return (line) => {
    if (stream.write(`${line}\n`)) return ready;
    return (drained ??= once(stream, 'drain').then(() => {
      drained = undefined;
    }));
  };
}
