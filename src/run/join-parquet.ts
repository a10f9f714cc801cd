/**
 * Puts Parquet files of the same columns one after another into one, without reading a value: the bytes of their row
 * groups are copied as they stand, and their footers become one, in which every place in the file has moved by as much
 * as its bytes have.
 */

import { open, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { InternalError } from "../core/errors.js";
import { Appender } from "./append-file.js";
import { footerEnd } from "./parquet-footer.js";
import { decodeStruct, encodeStruct } from "./thrift.js";
import type { ThriftFields, ThriftValue } from "./thrift.js";

/** Fields of a file's metadata (parquet.thrift), whatever else it has is taken from the first file. */
const rowCount = 3;
const rowGroups = 4;

/** Where the fields of a struct, or of those of a list, are places in the file, by their ids. */
interface Places {
  readonly [id: number]: "place" | Places;
}

const placesOfRowGroup: Places = {
  // Of its columns the chunk, and within that pages, dictionary and bloom filter. DuckDB writes no page index, which has
  // places of its own.
  1: { 2: "place", 3: { 9: "place", 10: "place", 11: "place", 14: "place" } },
  5: "place",
};

const magicBytes = 4;
const blockBytes = 1 << 20;

/**
 * Joins files in their order. Each is removed once it is copied, so that no more than one lies on the disk twice.
 *
 * @param path of the joined file, which must be new
 * @returns rows in all
 */
export async function joinParquet(paths: readonly string[], path: string): Promise<number> {
  let first: ThriftFields | null = null;
  let rows = 0;
  const groups: ThriftValue[] = [];
  await Appender.toNewFile(path, async (joined) => {
    await joined.append(Buffer.from("PAR1"));
    for (const part of paths) {
      const moved = joined.position - magicBytes;
      const metadata = await copyRowGroups(part, joined);
      first ??= metadata;
      rows += i64(field(metadata, rowCount));
      for (const group of structs(field(metadata, rowGroups))) {
        groups.push({ struct: movedBy(group, placesOfRowGroup, moved) });
      }
      await rm(part);
    }
    if (first === null) throw new InternalError("no files to join");
    const metadata = first.map(([id, value]): [number, ThriftValue] => {
      if (id === rowCount) return [id, { i64: rows }];
      return [id, id === rowGroups ? { list: groups } : value];
    });
    await joined.append(footerEnd(encodeStruct(metadata)));
  });
  return rows;
}

/** Appends what lies between a file's magic number and its footer. @returns its metadata */
async function copyRowGroups(path: string, target: Appender): Promise<ThriftFields> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const tail = await readExactly(file, Buffer.alloc(8), size - 8);
    const end = size - 8 - tail.readUInt32LE(0);
    if (tail.toString("latin1", 4) !== "PAR1" || end < magicBytes) {
      throw new InternalError(`${path} is not Parquet`);
    }
    const block = Buffer.allocUnsafe(Math.min(blockBytes, end - magicBytes));
    for (let at = magicBytes; at < end; at += block.length) {
      await target.append(await readExactly(file, block.subarray(0, end - at), at));
    }
    return decodeStruct(await readExactly(file, Buffer.alloc(size - 8 - end), end));
  } finally {
    await file.close();
  }
}

async function readExactly(file: FileHandle, buffer: Buffer, position: number): Promise<Buffer> {
  for (let done = 0; done < buffer.length;) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, position + done);
    if (bytesRead === 0) throw new InternalError("a file became shorter while it was read");
    done += bytesRead;
  }
  return buffer;
}

function movedBy(fields: ThriftFields, places: Places, by: number): ThriftFields {
  return fields.map(([id, value]) => {
    const place = places[id];
    if (place === undefined) return [id, value];
    if (place !== "place") {
      const moved = (struct: ThriftFields): ThriftValue => ({ struct: movedBy(struct, place, by) });
      return [id, "list" in value ? { list: structs(value).map(moved) } : moved(struct(value))];
    }
    // A place that a writer does not give is 0.
    const at = i64(value);
    return [id, { i64: at === 0 ? 0 : at + by }];
  });
}

function field(fields: ThriftFields, id: number): ThriftValue {
  const found = fields.find(([one]) => one === id);
  if (!found) throw new InternalError(`a Parquet footer lacks field ${id}`);
  return found[1];
}

function structs(value: ThriftValue): ThriftFields[] {
  if (!("list" in value)) throw new InternalError("a field of a Parquet footer is no list");
  return value.list.map(struct);
}

function struct(value: ThriftValue): ThriftFields {
  if (!("struct" in value)) throw new InternalError("a field of a Parquet footer is no struct");
  return value.struct;
}

function i64(value: ThriftValue): number {
  if (!("i64" in value)) throw new InternalError("a field of a Parquet footer is no 64-bit integer");
  return value.i64;
}
