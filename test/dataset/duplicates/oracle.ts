/** Near duplicates as plainly as they are defined: sets of texts, all pairs, no index. */

/** A text's runs of `size` characters; a shorter text is one. */
export function shinglesOf(text: string, size = 5): Set<string> {
  if (text === "") return new Set();
  if (text.length <= size) return new Set([text]);
  return new Set(Array.from({ length: text.length - size + 1 }, (_, at) => text.slice(at, at + size)));
}

export function plainJaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size + b.size === 0) return 1;
  const common = [...a].filter((one) => b.has(one)).length;
  return common / (a.size + b.size - common);
}

export const tidy = (text: string): string => text.toLowerCase().replace(/\s+/g, " ").trim();

/** Words of letters and digits, with blanks around each. */
export const words = (text: string): string => ` ${(tidy(text).match(/[a-z0-9_]+/g) ?? []).join(" ")} `;

export const countWords = (text: string): number => words(text).trim().split(" ").filter(Boolean).length;

export const standsInside = (a: string, b: string): boolean =>
  countWords(a) > 0 && countWords(a) < countWords(b) && words(b).includes(words(a));

export const similarityOf = (a: string, b: string): number =>
  plainJaccard(shinglesOf(tidy(a)), shinglesOf(tidy(b)));

export const sameWords = (a: string, b: string): boolean => countWords(a) > 0 && words(a) === words(b);

/** The groups of single texts: for each row a number, equal in one group; -1: alone. */
export function plainGroups(texts: readonly string[], similarity = 0.8, specific = 4): number[] {
  const group = texts.map((_, row) => row);
  const join = (a: number, b: number): void => {
    const [from, to] = [group[a]!, group[b]!];
    group.forEach((of, row) => {
      if (of === from) group[row] = to;
    });
  };
  texts.forEach((a, i) => {
    texts.forEach((b, j) => {
      if (i >= j) return;
      if (tidy(a) === tidy(b) || sameWords(a, b) || similarityOf(a, b) >= similarity) join(i, j);
    });
  });
  texts.forEach((a, i) => {
    const around = texts.map((b, j) => ({ b, j })).filter(({ b }) => standsInside(a, b));
    if (countWords(a) >= specific) for (const { j } of around) join(i, j);
    else {
      // Of one wording the text that comes first speaks.
      const named = around.map((one) => ({
        ...one,
        text: texts
          .filter((other) => sameWords(other, one.b))
          .map(tidy)
          .sort()[0]!,
      }));
      named.sort((x, y) => countWords(x.b) - countWords(y.b) || (x.text < y.text ? -1 : 1));
      if (named[0] !== undefined) join(i, named[0].j);
    }
  });
  const sizes = new Map<number, number>();
  for (const of of group) sizes.set(of, (sizes.get(of) ?? 0) + 1);
  return group.map((of) => (sizes.get(of)! > 1 ? of : -1));
}

/** The same partition, whatever the groups are called: each row's group as its first row. */
export function partition(groups: readonly (string | number | null)[]): number[] {
  return groups.map((of, row) =>
    of === null || of === -1 ? -1 : !groups.includes(of) ? row : groups.indexOf(of),
  );
}
