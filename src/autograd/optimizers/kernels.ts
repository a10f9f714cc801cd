/**
 * The two loops that every update of every parameter runs through, in WebAssembly, four numbers at a time: JavaScript widens each number to 64 bits
 * and back. Stretches are copied into the module's memory and back, which costs less than it saves. The module is written out here, as bytes that
 * a few functions put together: local variables by number, expressions on a stack (WebAssembly Core Specification 2.0, chapter 5).
 */

/** Numbers that one call takes. */
const longestCall = 8192;
const places = { first: 0, second: 4 * longestCall, third: 8 * longestCall };
const pages = 2;

type Code = readonly number[];

const get = (local: number): Code => [0x20, local];
const set = (local: number, value: Code): Code => [...value, 0x21, local];
const unsigned = (value: number): Code =>
  value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
const sized = (content: Code): Code => [...unsigned(content.length), ...content];
const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code): Code => [id, ...sized(content)];
const text = (value: string): Code => sized([...value].map((letter) => letter.charCodeAt(0)));
const [i32, f32, v128] = [0x7f, 0x7d, 0x7b];

const splat = (value: Code): Code => [...value, 0xfd, 0x13];
const root = (value: Code): Code => [...value, 0xfd, 0xe3, 0x01];
const add = (a: Code, b: Code): Code => [...a, ...b, 0xfd, 0xe4, 0x01];
const multiply = (a: Code, b: Code): Code => [...a, ...b, 0xfd, 0xe6, 0x01];
const divide = (a: Code, b: Code): Code => [...a, ...b, 0xfd, 0xe7, 0x01];

interface Loop {
  /** Four numbers of the array at a place. */
  readonly load: (place: number) => Code;
  readonly store: (place: number, value: Code) => Code;
  /** A number that was given, four times. */
  readonly constant: (index: number) => Code;
  /** A variable of four numbers. */
  readonly variable: (index: number) => number;
}

/** A function (bytes: i32, numbers: f32...) that goes through `bytes` bytes, a multiple of 16 and not 0. */
function loop(numbers: number, variables: number, body: (loop: Loop) => Code) {
  const at = numbers + 1;
  const constants = at + 1;
  const own = constants + numbers;
  const code = body({
    load: (place) => [...get(at), 0xfd, 0x00, 4, ...unsigned(place)],
    store: (place, value) => [...get(at), ...value, 0xfd, 0x0b, 4, ...unsigned(place)],
    constant: (index) => get(constants + index),
    variable: (index) => own + index,
  });
  const splats = Array.from({ length: numbers }, (_, i) => set(constants + i, splat(get(i + 1))));
  // at += 16; again while at < bytes
  const next: Code = [...get(at), 0x41, 16, 0x6a, 0x22, at, ...get(0), 0x49, 0x0d, 0];
  const locals = vector([
    [1, i32],
    [...unsigned(numbers + variables), v128],
  ]);
  return {
    type: [0x60, ...vector([[i32], ...Array.from({ length: numbers }, () => [f32])]), 0] as Code,
    body: sized([...locals, ...splats.flat(), 0x03, 0x40, ...code, ...next, 0x0b, 0x0b]),
  };
}

const adam = loop(8, 3, ({ load, store, constant, variable }) => {
  const [scale, beta1, fresh1, beta2, fresh2, meanFactor, squareFactor, epsilon] = [
    0, 1, 2, 3, 4, 5, 6, 7,
  ].map(constant) as [Code, Code, Code, Code, Code, Code, Code, Code];
  const [gradient, mean, square] = [0, 1, 2].map(variable) as [number, number, number];
  return [
    ...set(gradient, multiply(scale, load(places.first))),
    ...set(mean, add(multiply(beta1, load(places.second)), multiply(fresh1, get(gradient)))),
    ...set(
      square,
      add(multiply(beta2, load(places.third)), multiply(multiply(fresh2, get(gradient)), get(gradient))),
    ),
    ...store(places.second, get(mean)),
    ...store(places.third, get(square)),
    ...store(
      places.first,
      divide(multiply(get(mean), meanFactor), add(multiply(root(get(square)), squareFactor), epsilon)),
    ),
  ];
});

const addScaled = loop(1, 0, ({ load, store, constant }) =>
  store(places.first, add(load(places.first), multiply(constant(0), load(places.second)))),
);

const functions = { adam, addScaled };
const bytes = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, vector(Object.values(functions).map(({ type }) => type))),
  ...section(3, vector(Object.keys(functions).map((_, index) => [index]))),
  ...section(5, vector([[0, pages]])),
  ...section(
    7,
    vector([
      [...text("memory"), 2, 0],
      ...Object.keys(functions).map((name, index) => [...text(name), 0, index]),
    ]),
  ),
  ...section(10, vector(Object.values(functions).map(({ body }) => body))),
]);

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly adam: (bytes: number, ...numbers: number[]) => void;
  readonly addScaled: (bytes: number, scale: number) => void;
}

const { memory, ...compiled } = new WebAssembly.Instance(new WebAssembly.Module(bytes))
  .exports as unknown as Exports;
const views = Object.values(places).map((place) => new Float32Array(memory.buffer, place, longestCall));

export interface AdamNumbers {
  /** Of the gradient. */
  readonly scale: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly meanFactor: number;
  readonly squareFactor: number;
  readonly epsilon: number;
}

/**
 * mean = beta1 mean + (1 - beta1) scale update, square likewise of squares, update = mean meanFactor / (sqrt(square) squareFactor + epsilon); all in
 * 32 bits. Arrays of one length, changed in place.
 */
export function adamStretch(
  update: Float32Array,
  mean: Float32Array,
  square: Float32Array,
  { scale, beta1, beta2, meanFactor, squareFactor, epsilon }: AdamNumbers,
): void {
  inCalls([update, mean, square], (size) => {
    compiled.adam(size, scale, beta1, 1 - beta1, beta2, 1 - beta2, meanFactor, squareFactor, epsilon);
  });
}

/** parameter += scale update, in 32 bits. Arrays of one length. */
export function addStretch(parameter: Float32Array, update: Float32Array, scale: number): void {
  inCalls([parameter, update], (size) => compiled.addScaled(size, scale));
}

/** Copies arrays into the memory, calls, and copies them back, as often as their length asks. */
function inCalls(arrays: readonly Float32Array[], call: (bytes: number) => void): void {
  const { length } = arrays[0]!;
  for (let from = 0; from < length; from += longestCall) {
    const size = Math.min(longestCall, length - from);
    const parts = size === length ? arrays : arrays.map((array) => array.subarray(from, from + size));
    parts.forEach((part, at) => views[at]!.set(part));
    // Whole fours: what is beyond is computed and not looked at.
    call(16 * Math.ceil(size / 4));
    parts.forEach((part, at) => part.set(size === longestCall ? views[at]! : views[at]!.subarray(0, size)));
  }
}
