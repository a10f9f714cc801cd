/** How many panels stand side by side, and how large they are. */

export interface LabelGrid {
  readonly columns: number;
  /** Of one panel's area. */
  readonly width: number;
  readonly height: number;
  /** Above the area: up to two lines of name, one of figures. */
  readonly head: number;
  readonly pitchAcross: number;
  readonly pitchDown: number;
  /** Left of all, for the ticks. */
  readonly gutter: number;
  readonly fontSize: number;
}

const gutter = 14;
const between = 12;

/** Few labels get large panels; many get small ones, wide enough to read their names. @param inner width for all */
export function labelGrid(labels: number, inner: number): LabelGrid {
  const smallest = labels > 12 ? 136 : 200;
  const room = inner - gutter;
  const fitting = Math.max(1, Math.floor((room + between) / (smallest + between)));
  const even = Math.ceil(labels / Math.ceil(labels / fitting));
  const columns = Math.max(1, Math.min(labels, even));
  const width = Math.floor(Math.min(420, (room - (columns - 1) * between) / columns));
  const height = Math.round(labels > 12 ? width * 0.72 : Math.min(width * 0.9, 320));
  const fontSize = labels > 12 ? 10 : 12;
  const head = 2 * (fontSize + 1.5) + 22;
  return {
    columns,
    width,
    height,
    head,
    pitchAcross: width + between,
    pitchDown: head + height + (labels > 12 ? 10 : 20),
    gutter,
    fontSize,
  };
}
