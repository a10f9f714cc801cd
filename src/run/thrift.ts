/** Thrift's compact protocol, as far as a Parquet file's footer and page headers need it (thrift-compact-protocol.md). */

import { InternalError } from "../core/errors.js";

/** A value of a field; `fields` by their ids, in ascending order. */
export type ThriftValue =
  | { readonly bool: boolean }
  | { readonly i8: number }
  | { readonly i16: number }
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly binary: string | Uint8Array }
  | { readonly list: readonly ThriftValue[] }
  | { readonly struct: ThriftFields };

export type ThriftFields = readonly (readonly [id: number, value: ThriftValue])[];

/** Of a field's value; a bool is its own value: 1 true, 2 false. */
const typeCodes = { i8: 3, i16: 4, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

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
  if ("bool" in value) return;
  if ("i8" in value) bytes.push(value.i8 & 255);
  else if ("i16" in value) pushVarint(bytes, zigzag(value.i16));
  else if ("i32" in value) pushVarint(bytes, zigzag(value.i32));
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
  if ("bool" in value) return value.bool ? 1 : 2;
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

/** The struct that bytes begin with; `encodeStruct` gives the same bytes back. Texts come as bytes. */
export function decodeStruct(bytes: Uint8Array): ThriftFields {
  return new StructReader(bytes).struct();
}

class StructReader {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  struct(): ThriftFields {
    const fields: [number, ThriftValue][] = [];
    let id = 0;
    for (let head = this.#byte(); head !== 0; head = this.#byte()) {
      const step = head >> 4;
      if (step === 0) throw new InternalError("a struct's fields lie further apart than those of Parquet");
      id += step;
      fields.push([id, this.#value(head & 15)]);
    }
    return fields;
  }

  #value(code: number): ThriftValue {
    switch (code) {
      case 1:
      case 2:
        return { bool: code === 1 };
      case typeCodes.i8:
        return { i8: (this.#byte() << 24) >> 24 };
      case typeCodes.i16:
        return { i16: this.#integer() };
      case typeCodes.i32:
        return { i32: this.#integer() };
      case typeCodes.i64:
        return { i64: this.#integer() };
      case typeCodes.binary: {
        const length = this.#varint();
        this.#at += length;
        return { binary: this.bytes.subarray(this.#at - length, this.#at) };
      }
      case typeCodes.list: {
        const head = this.#byte();
        const length = head >> 4 === 15 ? this.#varint() : head >> 4;
        return { list: Array.from({ length }, () => this.#value(head & 15)) };
      }
      case typeCodes.struct:
        return { struct: this.struct() };
      default:
        throw new InternalError(`a field of Thrift type ${code}, which Parquet does not use`);
    }
  }

  #integer(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  #byte(): number {
    const byte = this.bytes[this.#at++];
    if (byte === undefined) throw new InternalError("a struct ends in the middle");
    return byte;
  }
}
