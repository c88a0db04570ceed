import type { Flow } from '../run/Flow.ts';

/** Lets the events flow; what it returns settles when all have come. */
export type Start = () => unknown;

/**
 * Sets up source -> stage -> sink for one run.
 *
 * @param demand how many events are asked for at a time
 */
export type OpenPipeline = (flow: Flow, demand: number) => Start | Promise<Start>;
