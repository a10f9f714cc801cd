/**
 * Numbers from 0 to n - 1, the one with the highest bound first, the smaller of equally high ones: for searches in which a bound is looked at
 * again only when it is the highest.
 */
export class BoundHeap {
  readonly bounds: Float64Array;
  readonly #heap: Int32Array;
  #size: number;

  /** @param bounds kept, and changed by `lower` */
  constructor(bounds: Float64Array) {
    this.bounds = bounds;
    this.#size = bounds.length;
    this.#heap = Int32Array.from({ length: this.#size }, (_, i) => i);
    for (let at = this.#size >> 1; at >= 0; at--) this.#sink(at);
  }

  get size(): number {
    return this.#size;
  }

  /** The first; there is one while `size` is not 0. */
  get top(): number {
    return this.#heap[0]!;
  }

  /** Whether a number with this bound would still be before all others but the first. */
  leads(item: number, bound: number): boolean {
    return (
      !(this.#size > 1 && this.#before(this.#heap[1]!, item, bound)) &&
      !(this.#size > 2 && this.#before(this.#heap[2]!, item, bound))
    );
  }

  /** Gives the first a bound that is not higher. */
  lower(bound: number): void {
    this.bounds[this.top] = bound;
    this.#sink(0);
  }

  /** Takes the first out. */
  pop(): number {
    const top = this.top;
    this.#heap[0] = this.#heap[--this.#size]!;
    this.#sink(0);
    return top;
  }

  /** Puts one back that was taken out. */
  push(item: number, bound: number): void {
    this.bounds[item] = bound;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(item, this.#heap[parent]!, this.bounds[this.#heap[parent]!]!)) break;
      this.#heap[at] = this.#heap[parent]!;
      at = parent;
    }
    this.#heap[at] = item;
  }

  #before(item: number, other: number, otherBound: number): boolean {
    const bound = this.bounds[item]!;
    return bound > otherBound || (bound === otherBound && item < other);
  }

  #sink(start: number): void {
    const heap = this.#heap;
    const item = heap[start]!;
    const bound = this.bounds[item]!;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      const right = child + 1;
      if (right < this.#size && this.#before(heap[right]!, heap[child]!, this.bounds[heap[child]!]!))
        child = right;
      if (!this.#before(heap[child]!, item, bound)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    if (this.#size > 0) heap[at] = item;
  }
}
