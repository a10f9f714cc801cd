/** Many texts in two arrays: half a million ids need not be half a million objects. */

export interface PackedTexts {
  /** How many. */
  readonly length: number;
  /** All texts as UTF-8, one after another. */
  readonly bytes: Uint8Array;
  /** Text i lies from `offsets[i]` to before `offsets[i + 1]`. */
  readonly offsets: Uint32Array;
}

/** Collects texts. */
export class TextPacker implements PackedTexts {
  length = 0;
  bytes: Uint8Array;
  offsets: Uint32Array;

  /** @param expected about how many there will be: memory for them is taken at once */
  constructor(expected = 0) {
    this.offsets = new Uint32Array(expected + 2);
    this.bytes = new Uint8Array(16 * expected + 64);
  }

  static of(texts: readonly string[]): TextPacker {
    const packer = new TextPacker(texts.length);
    for (const text of texts) {
      const bytes = Buffer.from(text);
      packer.add(bytes, 0, bytes.length);
    }
    return packer;
  }

  /** Adds the text that lies in `source` from `start` to before `end`. */
  add(source: Uint8Array, start: number, end: number): void {
    const from = this.offsets[this.length] as number;
    const to = from + end - start;
    if (this.length + 2 > this.offsets.length) this.offsets = grown(this.offsets, this.length + 2);
    if (to > this.bytes.length) this.bytes = grown(this.bytes, to);
    const { bytes } = this;
    const shift = from - start;
    for (let at = start; at < end; at++) bytes[at + shift] = source[at] as number;
    this.offsets[++this.length] = to;
  }
}

export function textAt({ bytes, offsets }: PackedTexts, index: number): string {
  const [from, to] = [offsets[index] as number, offsets[index + 1] as number];
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString();
}

/** Of any array a longer one with the same beginning: at least `length`, and twice what it was. */
export function grown<T extends Uint8Array | Uint32Array | Int32Array | Float32Array>(
  old: T,
  length: number,
): T {
  const larger = new (old.constructor as new (length: number) => T)(Math.max(length, 2 * old.length));
  larger.set(old);
  return larger;
}
