/** What may be in a list: it knows its neighbours, so it is found and removed at once. */
export interface Linked<N> {
  previous: N | undefined;
  next: N | undefined;
}

/** A list whose items link themselves; an item is in one list at a time. */
export class LinkedList<N extends Linked<N>> {
  first: N | undefined;
  last: N | undefined;

  push(item: N): void {
    const { last } = this;
    item.previous = last;
    if (last) last.next = item;
    else this.first = item;
    this.last = item;
  }

  unshift(item: N): void {
    const { first } = this;
    item.next = first;
    if (first) first.previous = item;
    else this.last = item;
    this.first = item;
  }

  /** Removes an item that is in this list. */
  remove(item: N): void {
    const { previous, next } = item;
    if (previous) previous.next = next;
    else this.first = next;
    if (next) next.previous = previous;
    else this.last = previous;
    item.previous = item.next = undefined;
  }
}
