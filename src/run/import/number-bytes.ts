/**
 * Decimal numbers from bytes, to the value that `Math.fround(Number(text))` has. Up to 18 digits are two integers; the
 * power of ten is one exact division (Clinger 1990) or, with 16 digits and more, one whose error cannot change the
 * nearest 32-bit float, which is tested. What is left goes to `Number`.
 */

const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const below = 1 - 2 ** -50;
const above = 1 + 2 ** -50;
const largestExact = 2 ** 53;

/** Reads one number after another. */
export class NumberBytes {
  /** Where the last number ended. */
  end = 0;

  /**
   * The number that begins at `start`, as precisely as a 32-bit float shows; NaN where none begins there.
   *
   * @param bytes must hold something that is not part of a number after it
   */
  read(bytes: Uint8Array, start: number): number {
    let at = start;
    const negative = bytes[at] === 45;
    if (negative) at++;
    let head = 0;
    let tail = 0;
    let digits = 0;
    let digit = (bytes[at] as number) - 48;
    while (digit >= 0 && digit <= 9) {
      if (digits < 9) head = (Math.imul(head, 10) + digit) | 0;
      else if (digits < 18) tail = (Math.imul(tail, 10) + digit) | 0;
      digits++;
      digit = (bytes[++at] as number) - 48;
    }
    if (digits === 0) return NaN;
    let exponent = 0;
    if (digit === -2) {
      const whole = digits;
      digit = (bytes[++at] as number) - 48;
      while (digit >= 0 && digit <= 9) {
        if (digits < 9) head = (Math.imul(head, 10) + digit) | 0;
        else if (digits < 18) tail = (Math.imul(tail, 10) + digit) | 0;
        digits++;
        digit = (bytes[++at] as number) - 48;
      }
      exponent = whole - digits;
      if (exponent === 0) return NaN;
    }
    if (digit === 53 || digit === 21) {
      const first = bytes[++at] as number;
      if (first === 43 || first === 45) at++;
      const from = at;
      let written = 0;
      digit = (bytes[at] as number) - 48;
      while (digit >= 0 && digit <= 9) {
        written = Math.min(9999, 10 * written + digit);
        digit = (bytes[++at] as number) - 48;
      }
      if (at === from) return NaN;
      exponent += first === 45 ? -written : written;
    }
    this.end = at;
    if (digits <= 18 && exponent >= -22 && exponent <= 22) {
      const mantissa = digits > 9 ? head * (powers[digits - 9] as number) + tail : head;
      const value =
        exponent < 0 ? mantissa / (powers[-exponent] as number) : mantissa * (powers[exponent] as number);
      if (mantissa <= largestExact || Math.fround(value * below) === Math.fround(value * above)) {
        return negative ? -value : value;
      }
    }
    return Number(Buffer.from(bytes.buffer, bytes.byteOffset + start, at - start).toString("latin1"));
  }
}
