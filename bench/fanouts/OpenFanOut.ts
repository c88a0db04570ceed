import type { Start } from '../pipelines/Pipeline.ts';
import type { FanOut } from '../run/FanOut.ts';

/**
 * Sets up a source and its four sinks for one run.
 *
 * @param demand how many events each sink asks for at a time
 */
export type OpenFanOut = (fanOut: FanOut, demand: number) => Start | Promise<Start>;
