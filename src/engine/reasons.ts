/**
 * Why a stage stopped or a subscription was cancelled. GenStage's reasons by their names: `'normal'`, `'shutdown'` and
 * `['shutdown', detail]` are the orderly ones; anything else, an `Error` above all, is a failure.
 */
export type Reason = unknown;

/**
 * True for the reasons that end a stage in good order, which a `transient` subscription survives.
 *
 * @example
 * ```ts
 * console.log(isOrderly('normal'), isOrderly(['shutdown', 'deploy']), isOrderly(new Error())); // => true true false
 * ```
 */
export function isOrderly(reason: Reason): boolean {
  return (
    reason === 'normal' ||
    reason === 'shutdown' ||
    (Array.isArray(reason) && reason.length === 2 && reason[0] === 'shutdown')
  );
}
