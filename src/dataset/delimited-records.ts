/** As much of delimited text's grammar as finding the header and counting lines takes; the rows themselves are DuckDB's. */

/** The fields of the first record; null where it goes on beyond the text. */
export function firstRecord(text: string, delimiter: string, quotes: boolean): string[] | null {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') field += text[++i]!;
      else quoted = false;
    } else if (quotes && character === '"' && field === "") quoted = true;
    else if (text.startsWith(delimiter, i)) {
      fields.push(field);
      field = "";
      i += delimiter.length - 1;
    } else if (character === "\n" || character === "\r") return [...fields, field];
    else field += character;
  }
  return quoted ? null : [...fields, field];
}

/** Names as columns can have them: none empty, none twice (whatever the case). */
export function columnNames(header: readonly string[]): string[] {
  const taken = new Set<string>();
  return header.map((given, index) => {
    const name = given.trim() === "" ? `column${index}` : given;
    let unique = name;
    for (let n = 1; taken.has(unique.toLowerCase()); n++) unique = `${name}_${n}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}

/** The line, counted from 1, on which a record begins. Quoted fields may span lines. @param record counted from 1 */
export function lineOfRecord(text: string, record: number, quotes: boolean): number {
  let line = 1;
  let quoted = false;
  for (let i = 0, at = 1; i < text.length && at < record; i++) {
    if (quotes && text[i] === '"') quoted = !quoted;
    if (text[i] !== "\n") continue;
    line++;
    if (!quoted) at++;
  }
  return line;
}
