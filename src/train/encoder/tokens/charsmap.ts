/**
 * SentencePiece's normalisation as `tokenizer.json` carries it (`precompiled_charsmap`): a table from character sequences to what replaces
 * them, of XLM-R some thousand rows near to NFKC. The tokenizer library approximates it by NFKC, which differs for joined emoji and for
 * half-width letters, so it is read here.
 *
 * The table is a double-array trie over UTF-8 bytes (Darts-clone, https://github.com/s-yata/darts-clone), behind its length in bytes, and before the
 * replacements, each ended by a zero. A unit of the trie holds a label (bits 0-7, and bit 31 for "none"), whether a sequence ends
 * there (bit 8), and the offset to its children (bits 10-30, shifted by 8 more where bit 9 is set); a sequence's end holds where its replacement begins.
 */

export type Normalise = (text: string) => string;

/** Grapheme clusters of at least so many bytes are never looked up as a whole. */
const longestCluster = 6;

/** @param encoded base64 @throws where it is of another format */
export function readCharsmap(encoded: string): Normalise {
  const bytes = Buffer.from(encoded, "base64");
  const trieBytes = bytes.readUInt32LE(0);
  if (trieBytes % 4 !== 0 || 4 + trieBytes > bytes.length) throw new RangeError("not a charsmap");
  const units = Uint32Array.from({ length: trieBytes / 4 }, (_, unit) => bytes.readUInt32LE(4 + 4 * unit));
  const replacements = bytes.subarray(4 + trieBytes);

  /** What replaces the shortest known sequence that the text begins with, and so the text; null where none does. */
  const lookUp = (text: string): string | null => {
    let node = offset(units[0]!);
    for (const byte of Buffer.from(text, "utf8")) {
      node ^= byte;
      const unit = units[node] ?? 0;
      if (byte === 0 || (unit & 0x8000_00ff) !== byte) return null;
      node ^= offset(unit);
      if ((unit & 0x100) === 0) continue;
      const start = units[node]! & 0x7fff_ffff;
      return replacements.toString("utf8", start, replacements.indexOf(0, start));
    }
    return null;
  };
  const known = new Map<string, string>();
  const ofCharacter = (character: string): string => {
    let replacement = known.get(character);
    if (replacement === undefined) known.set(character, (replacement = lookUp(character) ?? character));
    return replacement;
  };
  const clusters = new Intl.Segmenter("und", { granularity: "grapheme" });
  const ofClusters = (text: string): string => {
    let out = "";
    for (const { segment } of clusters.segment(text)) {
      const whole = Buffer.byteLength(segment, "utf8") < longestCluster ? lookUp(segment) : null;
      out += whole ?? Array.from(segment, ofCharacter).join("");
    }
    return out;
  };
  // Most of most texts is plain and replaced by itself: only what is not is looked at.
  const replaced = Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code)).filter(
    (character) => isPlain.test(character) && ofCharacter(character) !== character,
  );
  const escaped = replaced.map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const changing = escaped.length === 0 ? /(?!)/g : new RegExp(`[${escaped.join("")}]`, "g");
  return (text) => {
    let out = "";
    let at = 0;
    for (const { 0: found, index } of text.matchAll(clustered)) {
      out += text.slice(at, index).replace(changing, ofCharacter) + ofClusters(found);
      at = index + found.length;
    }
    return out + text.slice(at).replace(changing, ofCharacter);
  };
}

/** Characters that form no clusters among themselves. */
const isPlain = /^[\t\n\x20-\u02ff]$/;

/** Others, with the plain ones beside them that they may be joined to. (Bounded: a regular expression has a stack.) */
const clustered =
  /[\t\n\x20-\u02ff]?[^\t\n\x20-\u02ff]+(?:[\t\n\x20-\u02ff][^\t\n\x20-\u02ff]+){0,9999}[\t\n\x20-\u02ff]?/g;

function offset(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
