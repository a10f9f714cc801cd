/** Generated texts for benchmarks that need no dataset from outside; the same on every machine. */

import { Random } from "../dist/core/random.js";

/**
 * Short texts of 3 to 20 words with Zipf's frequencies. A fifth of them are made from another one: a word changed or left out, or a part of it.
 *
 * @param {number} count
 */
export function makeTexts(count) {
  const random = new Random(1);
  const vocabulary = 40_000;
  const sums = new Float64Array(vocabulary);
  for (let i = 0, sum = 0; i < vocabulary; i++) sums[i] = sum += 1 / (i + 2.7);
  const letters = "etaoinshrdlucmfwypvbgk";
  const words = Array.from({ length: vocabulary }, (_, i) =>
    Array.from(
      { length: 2 + Math.min(9, Math.floor(Math.log2(i + 2) / 1.6)) + random.below(3) },
      () => letters[random.below(letters.length)],
    ).join(""),
  );
  const word = () => {
    const at = random.unit() * sums[vocabulary - 1];
    let [low, high] = [0, vocabulary - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < at) low = middle + 1;
      else high = middle;
    }
    return words[low];
  };
  const texts = [];
  while (texts.length < count) {
    if (texts.length < 10 || random.unit() >= 0.2) {
      texts.push(Array.from({ length: 3 + random.below(18) }, word).join(" "));
      continue;
    }
    const own = texts[random.below(texts.length)].split(" ");
    const at = random.below(own.length);
    const kind = random.below(3);
    if (kind === 0) own[at] = word();
    else if (kind === 1 && own.length > 1) own.splice(at, 1);
    texts.push((kind === 2 ? own.slice(at, at + 1 + random.below(own.length - at)) : own).join(" "));
  }
  return texts;
}
