import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { Subject, asyncScheduler } from 'rxjs';
import type { Settings } from '../04-pending-demand.ts';
import { linesOf } from './lines.ts';
import { HELP, UsageError, parseOptions, type Options } from './options.ts';
import { printer } from './printer.ts';

/** Runs demo 4 as a program: with options, files, pipes and Ctrl-C. */
export function runFromCommandLine(main: (settings: Settings) => unknown): void {
  // Whoever read what we print has gone, as `head` does: that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    exit(`Cannot print: ${error.message}`);
  });

  const options = optionsOrExit();
  if (options === 'help') {
    console.log(HELP);
    return;
  }

  const { from, ...settings } = options;
  const input = from === undefined ? undefined : streamOf(from);
  input?.setEncoding('utf8').on('error', (error) => {
    exit(`Cannot read ${JSON.stringify(from)}: ${error.message}`);
  });

  const stop = new Subject<void>();
  process.once('SIGINT', () => {
    stop.next();
    input?.destroy();
    // npm may pass on the Ctrl-C that has come from the terminal already. The next one kills.
    const ignore = () => {};
    process.on('SIGINT', ignore);
    setTimeout(() => process.off('SIGINT', ignore), 300).unref();
  });

  main({
    ...settings,
    scheduler: asyncScheduler,
    log: printer(process.stdout),
    ids: input && linesOf(input),
    stop,
  });
}

const streamOf = (from: string): Readable => (from === '-' ? process.stdin : createReadStream(from));

function optionsOrExit(): Options | 'help' {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return exit(`${error.message}. See --help.`);
  }
}

function exit(message: string): never {
  console.error(message);
  process.exit(1);
}
