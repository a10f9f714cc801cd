/** The metadata of a Parquet file that `parquet-file.ts` writes (parquet.thrift of parquet-format). */

import type { Column } from "./table-column.js";
import { encodeStruct } from "./thrift.js";
import type { ThriftFields, ThriftValue } from "./thrift.js";

const physical = { INT32: 1, FLOAT: 4, BYTE_ARRAY: 6 };
const repetition = { REQUIRED: 0, REPEATED: 2 };
const converted = { UTF8: 0, LIST: 3 };
const encodings = { PLAIN: 0, RLE: 3 };
const dataPage = 0;

/** Where one column of one row group lies in the file. */
export interface ColumnPlace {
  readonly offset: number;
  readonly bytes: number;
  /** Values, of all rows. */
  readonly values: number;
  /** Smallest and largest value, where known. */
  readonly range: readonly [min: number, max: number] | null;
}

export interface RowGroup {
  readonly rows: number;
  readonly columns: readonly ColumnPlace[];
}

/** The header of a page of uncompressed plain values. */
export function pageHeader(values: number, bytes: number): Uint8Array {
  return encodeStruct([
    [1, { i32: dataPage }],
    [2, { i32: bytes }],
    [3, { i32: bytes }],
    [
      5,
      {
        struct: [
          [1, { i32: values }],
          [2, { i32: encodings.PLAIN }],
          [3, { i32: encodings.RLE }],
          [4, { i32: encodings.RLE }],
        ],
      },
    ],
  ]);
}

/** The file's end: metadata, its length, and the magic number. */
export function footer(columns: readonly Column[], groups: readonly RowGroup[]): Uint8Array {
  const metadata = encodeStruct([
    [1, { i32: 1 }],
    [2, { list: schema(columns) }],
    [3, { i64: groups.reduce((sum, group) => sum + group.rows, 0) }],
    [4, { list: groups.map((group) => ({ struct: rowGroup(columns, group) })) }],
    [6, { binary: "alidade" }],
    // Every column is ordered as its type says: without this, readers ignore smallest and largest values.
    [7, { list: columns.map(() => ({ struct: [[1, { struct: [] }]] })) }],
  ]);
  return footerEnd(metadata);
}

/** Metadata as it stands at the end of a file: followed by its length and the magic number. */
export function footerEnd(metadata: Uint8Array): Buffer {
  const end = Buffer.alloc(8);
  end.writeUInt32LE(metadata.length);
  end.write("PAR1", 4);
  return Buffer.concat([metadata, end]);
}

function schema(columns: readonly Column[]): ThriftValue[] {
  const root: ThriftFields = [
    [4, { binary: "schema" }],
    [5, { i32: columns.length }],
  ];
  return [root, ...columns.flatMap(schemaElements)].map((struct) => ({ struct }));
}

function schemaElements(column: Column): ThriftFields[] {
  const leaf = (name: string): ThriftFields => [
    [1, { i32: physicalType(column) }],
    [3, { i32: repetition.REQUIRED }],
    [4, { binary: name }],
    ...(column.kind === "text" ? ([[6, { i32: converted.UTF8 }]] as const) : []),
  ];
  if (!isNested(column)) return [leaf(column.name)];
  return [
    [
      [3, { i32: repetition.REQUIRED }],
      [4, { binary: column.name }],
      [5, { i32: 1 }],
      [6, { i32: converted.LIST }],
    ],
    [
      [3, { i32: repetition.REPEATED }],
      [4, { binary: "list" }],
      [5, { i32: 1 }],
    ],
    leaf("element"),
  ];
}

function rowGroup(columns: readonly Column[], group: RowGroup): ThriftFields {
  const chunks = columns.map((column, index): ThriftValue => {
    const place = group.columns[index] as ColumnPlace;
    const path = isNested(column) ? [column.name, "list", "element"] : [column.name];
    return {
      struct: [
        [2, { i64: place.offset }],
        [
          3,
          {
            struct: [
              [1, { i32: physicalType(column) }],
              [2, { list: [{ i32: encodings.PLAIN }, { i32: encodings.RLE }] }],
              [3, { list: path.map((name) => ({ binary: name })) }],
              [4, { i32: 0 }],
              [5, { i64: place.values }],
              [6, { i64: place.bytes }],
              [7, { i64: place.bytes }],
              [9, { i64: place.offset }],
              ...(place.range ? ([[12, { struct: statistics(place.range) }]] as const) : []),
            ],
          },
        ],
      ],
    };
  });
  return [
    [1, { list: chunks }],
    [2, { i64: group.columns.reduce((sum, place) => sum + place.bytes, 0) }],
    [3, { i64: group.rows }],
  ];
}

function statistics([min, max]: readonly [number, number]): ThriftFields {
  const bytes = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);
  return [
    [5, { binary: bytes(max) }],
    [6, { binary: bytes(min) }],
  ];
}

function physicalType(column: Column): number {
  if (column.kind === "row") return physical.INT32;
  if (column.kind === "text") return physical.BYTE_ARRAY;
  return column.values instanceof Int32Array ? physical.INT32 : physical.FLOAT;
}

/** Whether a column holds several values a row. */
export function isNested(column: Column): boolean {
  return column.kind === "vector" || column.kind === "list";
}
