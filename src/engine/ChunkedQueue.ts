/** Slots in the first chunk: most queues are short. */
const FIRST_CHUNK = 16;
/** Slots in a full chunk: large enough that links cost nothing, small enough that an allocation is never felt. */
const FULL_CHUNK = 1024;

interface Chunk<T> {
  readonly slots: (T | undefined)[];
  next: Chunk<T> | undefined;
}

function newChunk<T>(size: number): Chunk<T> {
  return { slots: new Array<T | undefined>(size), next: undefined };
}

/**
 * A FIFO of any length: a list of chunks of 1024 slots (the first ones are smaller). Every operation on one event is O(1) in the worst case
 * (there is no growing copy), one event costs 8 bytes, and a drained chunk is given back.
 *
 *     head ─▶ [ · · c d e … ] ─▶ [ f g h … ] ─▶ [ i j · · · ] ◀─ tail
 *                   └ #first                          └ #end
 */
export class ChunkedQueue<T> implements Iterable<T> {
  #head: Chunk<T> = newChunk(FIRST_CHUNK);
  #tail: Chunk<T> = this.#head;
  /** Index in `#head` of the first event. */
  #first = 0;
  /** Index in `#tail` after the last event. */
  #end = 0;
  #length = 0;
  /** One drained chunk, kept so that a queue of steady length allocates nothing. */
  #spare: Chunk<T> | undefined;

  get length(): number {
    return this.#length;
  }

  /** The first event, if there is one. */
  get first(): T | undefined {
    return this.#head.slots[this.#first];
  }

  push(event: T): void {
    const { slots } = this.#tail;
    const end = this.#end;
    if (end === slots.length) {
      this.#addChunk();
      this.#tail.slots[0] = event;
      this.#end = 1;
    } else {
      slots[end] = event;
      this.#end = end + 1;
    }
    this.#length++;
  }

  /** The first event. The caller has checked `length`: on an empty queue there is none to return. */
  shift(): T {
    const { slots } = this.#head;
    const first = this.#first;
    const event = slots[first] as T;
    slots[first] = undefined;
    this.#first = first + 1;
    if (--this.#length === 0 || first + 1 === slots.length) this.#leaveChunk();
    return event;
  }

  /** Takes the first `count` events, at most all. */
  take(count: number): T[] {
    let left = Math.min(count, this.#length);
    const taken = new Array<T>(left);
    let filled = 0;
    while (left > 0) {
      const slots = this.#head.slots;
      const run = Math.min(left, slots.length - this.#first);
      for (let i = 0; i < run; i++) {
        taken[filled++] = slots[this.#first] as T;
        slots[this.#first++] = undefined;
      }
      left -= run;
      this.#length -= run;
      if (this.#length === 0 || this.#first === slots.length) this.#leaveChunk();
    }
    return taken;
  }

  /** Puts `events` back in front, in their order. */
  prepend(events: readonly T[]): void {
    for (let i = events.length - 1; i >= 0; i--) {
      if (this.#first === 0) {
        const chunk = this.#takeChunk();
        chunk.next = this.#head;
        this.#head = chunk;
        this.#first = chunk.slots.length;
      }
      this.#head.slots[--this.#first] = events[i];
      this.#length++;
    }
  }

  *[Symbol.iterator](): IterableIterator<T> {
    let chunk: Chunk<T> | undefined = this.#head;
    let from = this.#first;
    while (chunk) {
      const to = chunk === this.#tail ? this.#end : chunk.slots.length;
      for (let i = from; i < to; i++) yield chunk.slots[i] as T;
      chunk = chunk.next;
      from = 0;
    }
  }

  /** The head is drained. An empty queue starts over in the chunk it has, so short queues never allocate. */
  #leaveChunk(): void {
    this.#first = 0;
    const drained = this.#head;
    if (!drained.next) {
      this.#end = 0;
      return;
    }
    this.#head = drained.next;
    if (this.#length === 0) this.#end = 0;
    drained.next = undefined;
    this.#spare = drained;
  }

  #addChunk(): void {
    const chunk = this.#takeChunk();
    this.#tail.next = chunk;
    this.#tail = chunk;
    this.#end = 0;
  }

  /** The spare one if it is full-sized, else a new one, four times as large as the last. */
  #takeChunk(): Chunk<T> {
    const size = Math.min(this.#tail.slots.length * 4, FULL_CHUNK);
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.slots.length === size ? spare : newChunk(size);
  }
}
