/** JSON lines, arrays, and objects keyed by id, as DuckDB reads them. Strings that look like dates stay strings. */

import { join } from "node:path";
import { fileLiteral, literal, type Database } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { unzippedHead, type InputFile } from "./input-file.js";

const wholeFileBytes = 2 ** 31 - 1;

/** SQL that reads JSON lines. */
export async function jsonLinesSql(database: Database, inputs: readonly InputFile[]): Promise<string> {
  return await typedSql(database, inputs, "newline_delimited");
}

/** SQL that reads files that each hold one array of objects, or one object of objects by their ids. */
export async function jsonSql(
  database: Database,
  inputs: readonly InputFile[],
  scratch: string,
): Promise<string> {
  const plain: InputFile[] = [];
  for (const [index, input] of inputs.entries()) {
    const first = unzippedHead(input)
      .toString("utf8")
      .replace(/^\ufeff/, "")
      .trimStart()[0];
    if (first === "[") plain.push(input);
    else if (first === "{") plain.push(await unkey(database, input, join(scratch, `keyed-${index}.jsonl`)));
    else {
      throw new UserError({
        subject: input.path,
        problem: "neither an array nor an object",
        value: first,
        remedy: "give an array of objects, an object keyed by id, or JSON lines",
      });
    }
  }
  return await typedSql(database, plain, "auto");
}

/** Writes an object keyed by id as JSON lines, the key as `id` (`key` where the objects have an `id` of their own). */
async function unkey(database: Database, input: InputFile, path: string): Promise<InputFile> {
  const read =
    `SELECT json AS whole FROM read_json_objects(${fileLiteral(input.file)}, format = 'unstructured', ` +
    `compression = ${input.gzip ? "'gzip'" : "'uncompressed'"}, maximum_object_size = ${wholeFileBytes})`;
  // A cast to a map takes the object apart in one go; json_each does it once a key.
  await database.run(
    `CREATE TEMP TABLE keyed AS SELECT unnest(map_keys(m)) AS key, unnest(map_values(m)) AS value FROM ` +
      `(SELECT whole::MAP(VARCHAR, JSON) AS m FROM (${read}))`,
  );
  const [kinds] = await database.rows(
    `SELECT count(*) FILTER (json_type(value) <> 'OBJECT') AS others, count(*) FILTER (json_exists(value, '$.id')) AS ids FROM keyed`,
  );
  if (Number(kinds?.["others"] ?? 0) > 0) {
    throw new UserError({
      subject: input.path,
      problem: "an object whose values are not all objects",
      remedy: "give an array of objects, an object keyed by id, or JSON lines",
    });
  }
  const name = Number(kinds?.["ids"] ?? 0) > 0 ? "key" : "id";
  await database.run(
    `COPY (SELECT json_merge_patch(json_object(${literal(name)}, key), value) AS line FROM keyed) ` +
      `TO ${literal(path)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')`,
  );
  await database.run("DROP TABLE keyed");
  return { ...input, file: path, gzip: false };
}

async function typedSql(database: Database, inputs: readonly InputFile[], format: string): Promise<string> {
  const files = inputs.map((input) => fileLiteral(input.file)).join(", ");
  const settings =
    `format = ${literal(format)}, maximum_object_size = ${2 ** 30}, ` +
    `compression = ${inputs.every((input) => input.gzip) ? "'gzip'" : "'uncompressed'"}`;
  const columns = await database.rows(
    `DESCRIBE SELECT * FROM read_json([${files}], ${settings}, sample_size = -1, union_by_name = true)`,
  );
  const typed = columns.map((column) => {
    const type = String(column["column_type"]).replace(
      /\b(DATE|TIME|TIMESTAMP( WITH TIME ZONE)?|UUID)\b/g,
      "VARCHAR",
    );
    return `${literal(String(column["column_name"]))}: ${literal(type)}`;
  });
  return `SELECT * FROM read_json([${files}], ${settings}, columns = {${typed.join(", ")}})`;
}
