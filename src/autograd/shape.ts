/**
 * Shapes whose sizes may be named. A graph is traced once and runs on batches of any size: "batch" stays a name until a
 * batch comes. A size is a whole number, or a product of names and a number: "batch", "batch*length", "3*batch".
 */

import { InternalError } from "../core/errors.js";

/** A number, or a product of names in canonical form (factor first, names sorted). Make products with `product`. */
export type Size = number | string;

export type Shape = readonly Size[];

/** What the names stand for in one batch. */
export type Sizes = Readonly<Record<string, number>>;

interface Monomial {
  readonly factor: number;
  readonly names: readonly string[];
}

function parse(size: Size): Monomial {
  if (typeof size === "number") return { factor: size, names: [] };
  const parts = size.split("*");
  const factor = Number(parts[0]);
  return Number.isNaN(factor) ? { factor: 1, names: parts } : { factor, names: parts.slice(1) };
}

function format({ factor, names }: Monomial): Size {
  if (names.length === 0 || factor === 0) return factor;
  const sorted = names.toSorted().join("*");
  return factor === 1 ? sorted : `${factor}*${sorted}`;
}

/** The product of sizes; 1 of none. */
export function product(sizes: Shape): Size {
  const parsed = sizes.map(parse);
  return format({
    factor: parsed.reduce((all, { factor }) => all * factor, 1),
    names: parsed.flatMap(({ names }) => names),
  });
}

/** The names in a size, each as often as it occurs. */
export function namesIn(size: Size): readonly string[] {
  return parse(size).names;
}

/** The number in a size: 3 of "3*batch". */
export function factorOf(size: Size): number {
  return parse(size).factor;
}

/** The number that a size is in a batch. */
export function sizeIn(size: Size, sizes: Sizes): number {
  const { factor, names } = parse(size);
  return names.reduce((all, name) => {
    const value = sizes[name];
    if (value === undefined) throw new InternalError(`no size of ${name} is known`);
    return all * value;
  }, factor);
}

/** The numbers that a shape is in a batch. */
export function shapeIn(shape: Shape, sizes: Sizes): number[] {
  return shape.map((size) => sizeIn(size, sizes));
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** The shape that two shapes broadcast to, as in NumPy; null where they do not. */
export function broadcast(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length);
  const shape: Size[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return null;
    shape.push(left === 1 ? right : left);
  }
  return shape;
}

/**
 * What the names must stand for so that arrays of these lengths have these shapes. Solves one name at a time: a shape
 * with one name left that is not yet known gives it.
 *
 * @returns null where some name stays open or two lengths disagree
 */
export function solveSizes(
  lengths: readonly (readonly [Shape, number])[],
  known: Sizes = {},
): Record<string, number> | null {
  const sizes: Record<string, number> = { ...known };
  let open = lengths.map(([shape, length]) => ({ all: parse(product(shape)), length }));
  for (;;) {
    const before = open.length;
    open = open.filter(({ all, length }) => {
      const unknown = all.names.filter((name) => sizes[name] === undefined);
      if (unknown.length > 1) return true;
      const rest = all.names.reduce((value, name) => value * (sizes[name] ?? 1), all.factor);
      if (unknown.length === 1) sizes[unknown[0]!] = length / rest;
      return false;
    });
    if (open.length === before) break;
  }
  const fits = lengths.every(
    ([shape, length]) =>
      namesIn(product(shape)).every((name) => Number.isInteger(sizes[name])) &&
      sizeIn(product(shape), sizes) === length,
  );
  return fits ? sizes : null;
}
