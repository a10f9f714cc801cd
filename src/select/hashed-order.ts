import { hashOrder } from "./ties.js";

/**
 * Rows in the order of their hashed ids: an order that looks random and does not depend on that of the dataset.
 *
 * @param rows Default: all.
 */
export function hashedOrder(ids: readonly string[], rows?: Int32Array): Int32Array {
  return hashOrder(ids, rows ?? Int32Array.from(ids, (_, row) => row), 0);
}
