/** The words of a text, punctuation aside. In scripts that are written without spaces every character is one. */

const pattern =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{M}\p{N}_])+|\p{S}/gu;
const plain = /[a-z0-9_]+/g;
const beyondAscii = /[^\u0020-\u0023\u0025-\u002a\u002c-\u003b\u003f-\u005d\u005f\u0061-\u007b\u007d]/;

/** @param text normalised */
export function wordsOf(text: string): readonly string[] {
  // Most texts are plain, and the plain pattern is several times as fast.
  return text.match(beyondAscii.test(text) ? pattern : plain) ?? [];
}
