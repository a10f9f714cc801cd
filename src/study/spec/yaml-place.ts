/** Where in a YAML text something stands, so that a mistake is told by its line. */

import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Pair } from "yaml";
import { UserError } from "../../core/errors.js";

export class YamlFile {
  readonly #document: Document.Parsed;
  readonly #lines = new LineCounter();

  /** @throws UserError with the line where the text is no YAML */
  constructor(
    readonly path: string,
    text: string,
  ) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: true });
    const [error] = this.#document.errors;
    if (error === undefined) return;
    const line = this.#lines.linePos(error.pos[0]).line;
    throw new UserError({
      subject: `${path}, line ${line}`,
      problem: `not YAML: ${error.message.replace(/\s+/g, " ").replace(/\.$/, "")}`,
      remedy: "mend it; alidade study init writes an example",
      cause: error,
    });
  }

  /** The content as plain values. */
  value(): unknown {
    return this.#document.toJS();
  }

  /**
   * The line of what stands at a path, or of the nearest thing around it.
   *
   * @param key the line of this key's name there, instead of the value's
   */
  line(path: readonly PropertyKey[], key?: string): number {
    const steps = path.map((step) => (typeof step === "symbol" ? String(step) : step));
    for (let length = steps.length; length >= 0; length--) {
      const part = steps.slice(0, length);
      const node: unknown = length === 0 ? this.#document.contents : this.#document.getIn(part, true);
      if (key !== undefined && length === steps.length && isMap(node)) {
        const pair = node.items.find((item) => keyOf(item) === key);
        const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
        if (offset !== undefined) return this.#lines.linePos(offset).line;
      }
      const range = isMap(node) || isSeq(node) || isScalar(node) ? node.range : undefined;
      if (range) return this.#lines.linePos(range[0]).line;
    }
    return 1;
  }

  /** The subject of a complaint about what stands at a path. */
  subject(path: readonly PropertyKey[], key?: string): string {
    return `${this.path}, line ${this.line(path, key)}`;
  }
}

function keyOf(pair: Pair): string | null {
  return isScalar(pair.key) ? String(pair.key.value) : null;
}
