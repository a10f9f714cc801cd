/** Numbers and tables as a terminal shows them. */

/** 67349 -> `67,349` */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** 1, "epochs" -> `1 epoch` */
export function counted(value: number, plural: string): string {
  return `${count(value)} ${value === 1 ? plural.replace(/s$/, "") : plural}`;
}

/** 0.1234 -> `12.3 %` */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(digits)} %` : "-";
}

/** A coordinate: three decimals, `-` where there is none. */
export function decimal(value: number | null, digits = 3): string {
  return value === null || !Number.isFinite(value) ? "-" : value.toFixed(digits);
}

/** Seconds as a person says them: `0.4 s`, `12 s`, `3 min 05 s`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** A bar of at most `cells` cells in eighths; never empty where the share is above 0. */
export function bar(share: number, cells: number): string {
  const eighths = share > 0 ? Math.max(1, Math.round(share * cells * 8)) : 0;
  const rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] ?? "";
  return "█".repeat(Math.floor(eighths / 8)) + rest;
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
// East Asian wide and emoji blocks, two cells each in every common terminal.
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const colour = /\u001b\[[0-9;]*m/g;

/** How many cells a text takes in a terminal. */
export function cells(text: string): number {
  let sum = 0;
  for (const { segment } of graphemes.segment(text.replace(colour, ""))) sum += wide.test(segment) ? 2 : 1;
  return sum;
}

/** One line of at most `width` cells: white space folded, control characters shown as `·`, an ellipsis where it was cut. */
export function oneLine(text: string, width: number): string {
  const folded = text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, "·");
  // Of what fits with an ellipsis behind it; no farther than the line goes, for a text may be a book.
  let fits = "";
  let used = 0;
  let seen = "";
  for (const { segment } of graphemes.segment(folded)) {
    used += wide.test(segment) ? 2 : 1;
    if (used > width) return `${fits.trimEnd()}…`;
    seen += segment;
    if (used <= width - 1) fits = seen;
  }
  return folded;
}

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** A table with aligned columns, two spaces apart, no rules. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  indent = "  ",
): string {
  const all = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => cells(row[i] ?? ""))));
  return all
    .map((row) =>
      columns
        .map((column, i) => {
          const cell = row[i] ?? "";
          const pad = " ".repeat((widths[i] ?? 0) - cells(cell));
          return column.align === "right" ? pad + cell : cell + pad;
        })
        .join("  "),
    )
    .map((line) => (indent + line).trimEnd())
    .join("\n");
}

/**
 * A table that keeps to a width: columns beyond it go below, each part with the first columns again.
 *
 * @param keys how many first columns say what a row is about
 * @param width cells
 */
export function wideTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { keys, width }: { readonly keys: number; readonly width: number },
): string {
  const wide = columns.map(
    (column, i) => Math.max(...[column.title, ...rows.map((row) => row[i] ?? "")].map(cells)) + 2,
  );
  const sum = (part: readonly number[]): number => part.reduce((all, i) => all + (wide[i] ?? 0), 0);
  const all = columns.map((_, i) => i);
  // Where what repeats would leave little room, the first column alone does.
  const again = sum(all.slice(0, keys)) > 0.75 * width ? all.slice(0, 1) : all.slice(0, keys);
  const parts: number[][] = [all.slice(0, Math.max(1, keys))];
  for (const i of all.slice(Math.max(1, keys))) {
    const last = parts.at(-1)!;
    const started = parts.length === 1 ? keys : again.length;
    if (sum([...last, i]) > width && (last.length > started || parts.length === 1)) parts.push([...again, i]);
    else last.push(i);
  }
  return parts
    .map((part) =>
      table(
        part.map((i) => columns[i]!),
        rows.map((row) => part.map((i) => row[i] ?? "")),
      ),
    )
    .join("\n\n");
}

/** A path or value as one word of a shell command. */
export function shellWord(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Words in lines of at most `width` characters, but for words that are longer. */
export function wrapped(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last !== "" && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}
