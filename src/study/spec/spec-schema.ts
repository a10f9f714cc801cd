/** The keys of a study's YAML file. Where one thing may be written short, it is made whole before it is checked. */

import { z } from "zod";
import { encodings, fileFormats } from "../../dataset/read-options.js";
import { presetNames } from "../../dataset/presets.js";
import { regionNames } from "../../map/map.js";

/** One, or a list of them. */
const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).min(1),
  );

/** YAML reads 1 and true as a number and a truth value; as a column or a label they are text. */
const word = z.preprocess(
  (value) => (typeof value === "number" || typeof value === "boolean" ? String(value) : value),
  z.string().min(1),
);
const words = oneOrMore(word);
const seed = z.int().min(0).max(0xffff_ffff);
const share = z.number().gt(0).max(1);

const reading = {
  text: word.optional(),
  textPair: word.optional(),
  choices: words.optional(),
  features: words.optional(),
  label: word.optional(),
  id: word.optional(),
  group: word.optional(),
  votes: words.optional(),
  labels: words.optional(),
  voteLabels: words.optional(),
  preset: z.enum(presetNames).optional(),
  where: z.string().min(1).optional(),
  format: z.enum(fileFormats).optional(),
  encoding: z.enum(encodings).optional(),
  delimiter: z.string().min(1).max(4).optional(),
  quotes: z.boolean().optional(),
  header: z.boolean().optional(),
  missingLabels: z.enum(["error", "drop"]).optional(),
  choiceBase: z.literal([0, 1]).optional(),
};
const files = { file: words };

const data = z.preprocess(
  (value) => (typeof value === "string" || Array.isArray(value) ? { file: value as unknown } : value),
  z.strictObject({ ...files, ...reading }),
);

const test = z.strictObject({
  kind: z.enum(["id", "ood"]),
  ...files,
  ...reading,
  mapLabels: z.record(z.string(), word).optional(),
  slices: words.optional(),
  cluster: word.optional(),
});

const trainer = z.preprocess(
  (value) => (typeof value === "string" ? { name: value } : value),
  z.strictObject({ name: z.string().optional(), options: z.record(z.string(), z.unknown()).optional() }),
);

const map = z.strictObject({
  name: z.string().min(1).optional(),
  trainer: trainer.optional(),
  protocol: z.enum(["train-pass", "epoch-end", "held-out"]).optional(),
  folds: z.int().min(2).max(1000).optional(),
  seed: z.union([z.enum(["own", "training"]), seed]).optional(),
});

const options = z.record(z.string(), z.unknown()).optional();

/** Lists of strategies and fractions make an arm of each pair. */
const arm = z.preprocess(
  (value) => (value === "all" ? { by: "all" } : value),
  z.strictObject({
    name: z.string().min(1).optional(),
    by: oneOrMore(z.string().min(1)),
    fraction: oneOrMore(share).optional(),
    count: z.int().min(1).optional(),
    options,
    reverse: z.boolean().optional(),
    bothEnds: z.number().gt(0).lt(1).optional(),
    balance: z.literal("label").optional(),
    minPerLabel: z.int().min(1).optional(),
    mix: z.array(z.strictObject({ by: z.string().min(1), share, options })).optional(),
    within: oneOrMore(z.enum(regionNames)).optional(),
    exclude: words.optional(),
    excludeFile: words.optional(),
    withoutSuspects: z.number().gt(0).lt(1).optional(),
    diverse: z.int().min(2).optional(),
    map: map.optional(),
    trainer: trainer.optional(),
    train: z.boolean().optional(),
  }),
);

const inputs = {
  name: z.string().min(1).max(200).optional(),
  data,
  tests: z.record(z.string(), test),
  trainer: trainer.optional(),
  map: map.optional(),
  seed: seed.optional(),
  seeds: z
    .union([
      z.int().min(1).max(10_000),
      z
        .array(seed)
        .min(1)
        .refine((seeds) => new Set(seeds).size === seeds.length, "two replicates of one seed"),
    ])
    .optional(),
  budget: z.enum(["epochs", "steps", "both"]).optional(),
  jobs: z.int().min(1).max(256).optional(),
  retries: z.int().min(0).max(100).optional(),
  timeLimit: z.number().gt(0).optional(),
};

export const studySchema = z.strictObject({
  ...inputs,
  arms: z.array(arm).min(1),
  primary: z
    .array(z.strictObject({ arm: z.string(), against: z.string(), tests: words.optional() }))
    .optional(),
});

/** What a built-in study is made for: everything but the arms, which it has itself. */
export const inputsSchema = z.strictObject(inputs);

export type StudyFile = z.infer<typeof studySchema>;
export type InputsFile = z.infer<typeof inputsSchema>;

/** The keys that an object at a path may have: for "did you mean". */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at: z.ZodType | undefined = schema;
  for (const step of path) at = inner(unwrapped(at), step);
  const end = unwrapped(at);
  return end instanceof z.ZodObject ? Object.keys(end.shape) : [];
}

function inner(schema: z.ZodType | undefined, step: PropertyKey): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<PropertyKey, z.ZodType>)[step];
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  return undefined;
}

function unwrapped(schema: z.ZodType | undefined): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional) return unwrapped(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodPipe) return unwrapped(schema.out as z.ZodType);
  return schema;
}
