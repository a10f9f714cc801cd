/** The user stopped the work. The message says what stands and how to go on. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}
