/** Sets that are joined two at a time (Tarjan 1975), each named by its smallest member. */

export class UnionFind {
  readonly #parent: Int32Array;

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, member) => member);
  }

  find(member: number): number {
    const parent = this.#parent;
    let root = member;
    while (parent[root] !== root) root = parent[root]!;
    while (parent[member] !== root) [parent[member], member] = [root, parent[member]!];
    return root;
  }

  join(a: number, b: number): void {
    const [x, y] = [this.find(a), this.find(b)];
    this.#parent[Math.max(x, y)] = Math.min(x, y);
  }

  /** The smallest member of each member's set. */
  roots(): Int32Array {
    return this.#parent.map((_, member) => this.find(member));
  }
}
