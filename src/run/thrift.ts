/** Thrift's compact protocol, as far as a Parquet file's footer and page headers need it (thrift-compact-protocol.md). */

/** A value of a field; `fields` by their ids, in ascending order. */
export type ThriftValue =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly binary: string | Uint8Array }
  | { readonly list: readonly ThriftValue[] }
  | { readonly struct: ThriftFields };

export type ThriftFields = readonly (readonly [id: number, value: ThriftValue])[];

const typeCodes = { i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

/** A struct's bytes. */
export function encodeStruct(fields: ThriftFields): Uint8Array {
  const bytes: number[] = [];
  pushStruct(bytes, fields);
  return Uint8Array.from(bytes);
}

function pushStruct(bytes: number[], fields: ThriftFields): void {
  let previous = 0;
  for (const [id, value] of fields) {
    // Ids of the structs used here never lie more than 15 apart.
    bytes.push(((id - previous) << 4) | typeCode(value));
    previous = id;
    pushValue(bytes, value);
  }
  bytes.push(0);
}

function pushValue(bytes: number[], value: ThriftValue): void {
  if ("i32" in value) pushVarint(bytes, zigzag(value.i32));
  else if ("i64" in value) pushVarint(bytes, zigzag(value.i64));
  else if ("binary" in value) {
    const content = typeof value.binary === "string" ? Buffer.from(value.binary) : value.binary;
    pushVarint(bytes, content.length);
    for (const byte of content) bytes.push(byte);
  } else if ("list" in value) {
    const [first] = value.list;
    const code = first ? typeCode(first) : typeCodes.struct;
    if (value.list.length < 15) bytes.push((value.list.length << 4) | code);
    else {
      bytes.push(0xf0 | code);
      pushVarint(bytes, value.list.length);
    }
    for (const item of value.list) pushValue(bytes, item);
  } else pushStruct(bytes, value.struct);
}

function typeCode(value: ThriftValue): number {
  return typeCodes[Object.keys(value)[0] as keyof typeof typeCodes];
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

/** Seven bits a byte, lowest first. For whole numbers below 2^53. */
export function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
