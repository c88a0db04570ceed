import { typeError } from '../engine/assert.ts';

/**
 * Which of `count` partitions a string or a number goes to: spread evenly, and the same in every process.
 *
 * @throws TypeError if `event` is neither
 */
export function spread(event: unknown, count: number): number {
  if (typeof event === 'number')
    return mixed(Number.isInteger(event) ? event | 0 : hashOf(String(event))) % count;
  if (typeof event === 'string') return mixed(hashOf(event)) % count;
  throw typeError('event', 'a string or a number, or else `hash` to say where it goes', event);
}

/** FNV-1a of the UTF-16 code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** Every bit of the result depends on every bit of `hash`: the last step of MurmurHash3. */
function mixed(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 1;
}
