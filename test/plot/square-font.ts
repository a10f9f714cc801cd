/** The least font there can be: one character, drawn as a filled square, as a TTF file. */

type Table = readonly [tag: string, bytes: Buffer];

/** Integers of given sizes in bytes, big-endian. */
function pack(...fields: readonly (readonly [bytes: 1 | 2 | 4, value: number])[]): Buffer {
  return Buffer.concat(
    fields.map(([bytes, value]) => {
      const buffer = Buffer.alloc(bytes);
      buffer.writeUIntBE(value < 0 ? value + 2 ** (8 * bytes) : value, 0, bytes);
      return buffer;
    }),
  );
}

const u16 = (...values: readonly number[]): Buffer => pack(...values.map((value) => [2, value] as const));
const u32 = (...values: readonly number[]): Buffer => pack(...values.map((value) => [4, value] as const));

const unitsPerEm = 1000;

/** @param codePoint of the one character, in the basic plane */
export function squareFont(codePoint: number): Buffer {
  // One closed outline of four on-curve points, the coordinates as 16-bit steps.
  const square = Buffer.concat([
    u16(1, 100, 0, 900, 800),
    u16(3, 0),
    Buffer.from([1, 1, 1, 1]),
    u16(100, 0, 800, 0),
    u16(0, 800, 0, -800),
  ]);
  const cmap = Buffer.concat([
    u16(0, 1, 3, 1),
    u32(12),
    u16(4, 32, 0, 4, 4, 1, 0, codePoint, 0xffff, 0, codePoint, 0xffff, 1 - codePoint, 1, 0, 0),
  ]);
  const family = Buffer.from("Square", "utf16le").swap16();
  const names = [1, 4, 6].map((id) => u16(3, 1, 0x409, id, family.length, 0));
  const tables: Table[] = [
    ["OS/2", Buffer.concat([u16(3, 1000, 400, 5, 0), Buffer.alloc(86)])],
    ["cmap", cmap],
    ["glyf", square],
    [
      "head",
      Buffer.concat([
        u32(0x10000, 0x10000, 0, 0x5f0f3cf5),
        u16(3, unitsPerEm),
        Buffer.alloc(16),
        u16(100, 0, 900, 800, 0, 8, 2, 1, 0),
      ]),
    ],
    [
      "hhea",
      Buffer.concat([u32(0x10000), u16(800, -200, 0, 1000, 0, 0, 900, 1, 0, 0), Buffer.alloc(10), u16(2)]),
    ],
    ["hmtx", u16(1000, 0, 1000, 100)],
    ["loca", u32(0, 0, square.length)],
    ["maxp", Buffer.concat([u32(0x10000), u16(2, 4, 1, 0, 0, 1), Buffer.alloc(16)])],
    ["name", Buffer.concat([u16(0, names.length, 6 + 12 * names.length), ...names, family])],
    ["post", Buffer.concat([u32(0x30000), Buffer.alloc(28)])],
  ];
  const head = Buffer.concat([u32(0x10000), u16(tables.length, 128, 3, tables.length * 16 - 128)]);
  let offset = head.length + 16 * tables.length;
  const directory: Buffer[] = [];
  const bodies: Buffer[] = [];
  for (const [tag, bytes] of tables) {
    directory.push(Buffer.from(tag), u32(0, offset, bytes.length));
    const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
    bodies.push(padded);
    offset += padded.length;
  }
  return Buffer.concat([head, ...directory, ...bodies]);
}
