import fc from "fast-check";
import { expect, it } from "vitest";
import { NumberBytes } from "../../../src/run/import/number-bytes.js";

const reader = new NumberBytes();
const read = (text: string): number => reader.read(Buffer.from(`${text}\n`), 0);

it("reads any double to the 32-bit float that Number gives", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = JSON.stringify(value);
      expect(Math.fround(read(text))).toBe(Math.fround(Number(text)));
      expect(reader.end).toBe(text.length);
    }),
    { numRuns: 5000 },
  );
});

it("reads long decimals, the middle between two floats among them, as Number does", () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 22 });
  fc.assert(
    fc.property(fc.boolean(), fc.integer({ min: 0, max: 99999 }), digits, (negative, whole, fraction) => {
      const text = `${negative ? "-" : ""}${whole}.${fraction.join("")}`;
      expect(Math.fround(read(text))).toBe(Math.fround(Number(text)));
    }),
    { numRuns: 5000 },
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 2 ** 23, max: 2 ** 24 - 1 }),
      fc.constantFrom("", "1", "9"),
      (mantissa, more) => {
        const text = `${((mantissa + 0.5) / 2 ** 23).toFixed(24)}${more}`.slice(0, 26);
        expect(Math.fround(read(text))).toBe(Math.fround(Number(text)));
      },
    ),
    { numRuns: 5000 },
  );
});

it.each(["", "-", ".5", "1.", "1e", "1e+", "NaN", "Infinity", "x"])("finds no number in %j", (text) => {
  expect(read(text)).toBeNaN();
});

it("overflows to infinity, which the line's reader refuses", () => {
  expect(Math.fround(read("1e999"))).toBe(Infinity);
  expect(Math.fround(read("1e39"))).toBe(Infinity);
});
