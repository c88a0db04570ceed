/** The queue of the hand loops: a ring buffer that doubles when it is full. */
export class Ring {
  #slots = new Array<number | undefined>(1024);
  #mask = 1023;
  #head = 0;
  #tail = 0;

  get length(): number {
    return (this.#tail - this.#head) & this.#mask;
  }

  push(x: number): void {
    this.#slots[this.#tail] = x;
    this.#tail = (this.#tail + 1) & this.#mask;
    if (this.#tail === this.#head) this.#grow();
  }

  shift(): number {
    const x = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & this.#mask;
    return x as number;
  }

  #grow(): void {
    const size = this.#slots.length;
    const slots = new Array<number | undefined>(size * 2);
    for (let at = 0; at < size; at++) slots[at] = this.#slots[(this.#head + at) & this.#mask];
    this.#slots = slots;
    this.#mask = size * 2 - 1;
    this.#head = 0;
    this.#tail = size;
  }
}
