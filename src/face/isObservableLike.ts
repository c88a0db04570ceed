/** True for an Observable, of whatever copy of RxJS. */
export function isObservableLike(source: unknown): boolean {
  return typeof (source as { readonly subscribe?: unknown } | null | undefined)?.subscribe === 'function';
}
