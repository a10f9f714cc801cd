/** Longest-first truncation, as the tokenizers library of Hugging Face does it (`truncate_encodings`, `LongestFirst`). */

/**
 * How many tokens of a pair's texts stay, counted from their beginnings: tokens are taken from the longer text until both fit, and of two that
 * are longer than half the room each gets half (the longer one, or the second of equal ones, the odd token).
 *
 * @param room tokens for both texts together
 */
export function longestFirst(first: number, second: number, room: number): [number, number] {
  let short = Math.min(first, second);
  let long = short > room ? short : Math.max(short, room - short);
  if (short + long > room) {
    short = Math.floor(room / 2);
    long = short + (room % 2);
  }
  const [a, b] = first > second ? [long, short] : [short, long];
  return [Math.min(a, first), Math.min(b, second)];
}
