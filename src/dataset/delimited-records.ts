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

/**
 * The line, counted from 1, on which a record begins. Quoted fields may span lines.
 *
 * @param text the file's content in pieces; one character a byte will do
 * @param record counted from 1
 * @param delimiter a quotation mark opens a field only at its beginning
 */
export async function lineOfRecord(
  text: AsyncIterable<string> | Iterable<string>,
  record: number,
  { delimiter, quotes }: { readonly delimiter: string; readonly quotes: boolean },
): Promise<number> {
  const last = delimiter.at(-1);
  let line = 1;
  let at = 1;
  let quoted = false;
  let previous = "\n";
  for await (const piece of text) {
    for (const character of piece) {
      // The break of `\r\n` is its first half.
      const lineBreak = character === "\r" || (character === "\n" && previous !== "\r");
      if (at >= record && (lineBreak || character !== "\n")) return line;
      if (quoted) quoted = character !== '"';
      else if (quotes && character === '"') {
        // After a quote that closed, this one is the second of a doubled pair.
        quoted = previous === '"' || previous === last || previous === "\n" || previous === "\r";
      }
      if (lineBreak) {
        line++;
        if (!quoted) at++;
      }
      previous = character;
    }
  }
  return line;
}
