/** What slices there are, in the order in which they are made. */

export const sliceKinds = ["label", "confusion", "length", "column", "cluster", "words"] as const;
export type SliceKind = (typeof sliceKinds)[number];

export const sliceMeanings: Readonly<Record<SliceKind, string>> = {
  label: "the example's label",
  confusion: "its label and the most probable other one",
  length: "how many words a text has, in quantiles",
  column: "values of the source's other columns; numbers in quantiles",
  cluster: "k-means clusters of the contents, named by their most distinctive words",
  words: "words and word n-grams that a text contains, once or more often",
};
