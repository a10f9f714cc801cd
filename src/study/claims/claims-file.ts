/**
 * `claims.yaml`: what is claimed and how it is decided, validated when it is read. A second file may decide the same claims by the same rules
 * for another model: it names the first as its `rules`, and brings nothing but the trainer, its datasets and where its studies lie.
 */

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseDocument, type Document } from "yaml";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { regionNames } from "../../map/map.js";
import { agreementContrasts } from "./agreement-facts.js";

const arm = z.strictObject({
  by: z.string(),
  /** Default: any (of `all`), or the only one. */
  fraction: z.number().positive().max(1).optional(),
  /** Mixed in. Default: nothing. */
  mix: z.string().optional(),
  share: z.number().positive().max(1).optional(),
  balanced: z.boolean().optional(),
});

const where = z.enum(["id", "ood", "any"]);

const claim = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, "ids are lower-case words with hyphens"),
  claim: z.string(),
  /** In the paper. */
  where: z.string(),
  study: z.string().optional(),
  datasets: z.array(z.string()),
  estimand: z.string(),
  test: z.enum(["contrast", "trend", "collapse", "map-shift", "agreement", "untested"]),
  needs: z.literal("collapse").optional(),
  contrasts: z
    .array(z.strictObject({ arm, against: arm, on: where, expect: z.enum(["better", "worse"]) }))
    .optional(),
  trends: z.array(z.strictObject({ arm, on: where, expect: z.enum(["rising", "falling"]) })).optional(),
  collapse: z.strictObject({ arm, against: arm }).optional(),
  /** Of a stronger model's map, against a weaker one's. */
  "map-shift": z.strictObject({ region: z.enum(regionNames), expect: z.enum(["more", "fewer"]) }).optional(),
  /** Of people who voted on the examples of a map's regions. */
  agreement: z
    .array(z.strictObject({ contrast: z.enum(agreementContrasts), expect: z.enum(["more", "less"]) }))
    .min(1)
    .optional(),
  /** What has to be known of the rule, such as that it was written later. */
  note: z.string().optional(),
  /** Why it is untested. */
  reason: z.string().optional(),
});

/** What another model has of its own. */
const setting = {
  version: z.literal(1),
  trainer: z.string(),
  /** What the trainer trains, where its name does not say it. */
  model: z.string().optional(),
  seeds: z.number().int().positive(),
  folder: z.string(),
  datasets: z.record(
    z.string(),
    z.strictObject({
      title: z.string(),
      train: z.string(),
      id: z.record(z.string(), z.string()),
      ood: z.record(z.string(), z.string()),
    }),
  ),
};

const schema = z.strictObject({
  ...setting,
  alpha: z.number().positive().max(0.5),
  margin: z.number().positive().max(0.5),
  convex: z.array(z.string()),
  claims: z.array(claim),
});

const otherSchema = z.strictObject({ ...setting, rules: z.string() });

export interface ClaimsFile extends z.infer<typeof schema> {
  /** The file that the claims and their rules come from, as this one names it. Default: itself. */
  readonly rules?: string | undefined;
}
export type Claim = ClaimsFile["claims"][number];
export type ClaimArm = z.infer<typeof arm>;

const parts = {
  contrast: "contrasts",
  trend: "trends",
  collapse: "collapse",
  "map-shift": "map-shift",
  agreement: "agreement",
} as const;

/** @throws UserError with the line, where the file is no such list */
export async function readClaims(path: string): Promise<ClaimsFile> {
  const text = await textOf(path);
  const { rules } = rulesOf(text, path);
  if (rules === undefined) return parseClaims(text, path);
  const first = join(dirname(path), rules);
  return parseOtherClaims(text, path, parseClaims(await textOf(first), first));
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "cannot be read",
      remedy: "name a claims file, such as docs/claims.yaml",
      cause,
    });
  }
}

/** @param subject for messages */
export function parseClaims(text: string, subject: string): ClaimsFile {
  const { value: file, lineOf } = parsed(text, subject, schema);
  const seen = new Set<string>();
  file.claims.forEach((own, i) => {
    const complain = (problem: string, value: string, remedy: string): never => {
      throw new UserError({ subject: `${subject}:${lineOf(["claims", i])}`, problem, value, remedy });
    };
    if (seen.has(own.id)) complain("two claims of one id", own.id, "rename one");
    seen.add(own.id);
    for (const dataset of own.datasets)
      if (!Object.hasOwn(file.datasets, dataset))
        complain("no such dataset", dataset, `there are ${Object.keys(file.datasets).join(", ")}`);
    if (own.test !== "untested" && own[parts[own.test]] === undefined)
      complain(`its test wants \`${parts[own.test]}\``, own.id, "add it");
    if (own.test !== "untested" && own.study === undefined) complain("names no study", own.id, "add `study`");
    if (own.test === "untested" && own.reason === undefined)
      complain("untested without a reason", own.id, "add `reason`");
  });
  return file;
}

/**
 * The claims of a file by their rules, with another's trainer. Each claim is about those of its datasets that the other file has too.
 *
 * @param subject for messages
 */
export function parseOtherClaims(text: string, subject: string, first: ClaimsFile): ClaimsFile {
  const { value, lineOf } = parsed(text, subject, otherSchema);
  for (const dataset of Object.keys(value.datasets))
    if (!Object.hasOwn(first.datasets, dataset))
      throw new UserError({
        subject: `${subject}:${lineOf(["datasets", dataset])}`,
        problem: "no claim is about this dataset",
        value: dataset,
        remedy: `there are ${Object.keys(first.datasets).join(", ")}`,
      });
  const claims = first.claims.map((own) => ({
    ...own,
    datasets: own.datasets.filter((dataset) => Object.hasOwn(value.datasets, dataset)),
  }));
  return { ...first, ...value, claims };
}

function rulesOf(text: string, subject: string): { readonly rules?: string | undefined } {
  const { rules } = z
    .looseObject({ rules: z.unknown() })
    .catch({ rules: undefined })
    .parse(documentOf(text, subject).toJS());
  return typeof rules === "string" ? { rules } : {};
}

function documentOf(text: string, subject: string): Document.Parsed {
  const document = parseDocument(text, { prettyErrors: true });
  const [broken] = document.errors;
  if (broken) {
    throw new UserError({
      subject: `${subject}:${broken.linePos?.[0].line ?? 1}`,
      problem: "no YAML",
      value: broken.message.split("\n")[0]?.replace(/ at line .*$/, ""),
      remedy: "mend this line",
    });
  }
  return document;
}

/** @returns the file's value, and the line on which a part of it stands */
function parsed<T>(
  text: string,
  subject: string,
  shape: z.ZodType<T>,
): { readonly value: T; readonly lineOf: (path: readonly PropertyKey[]) => number } {
  const document = documentOf(text, subject);
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      const at = (node as { range?: readonly number[] } | null | undefined)?.range?.[0];
      if (at !== undefined) return text.slice(0, at).split("\n").length;
    }
    return 1;
  };
  const result = shape.safeParse(document.toJS());
  if (result.success) return { value: result.data, lineOf };
  const [issue] = result.error.issues;
  throw new UserError({
    subject: `${subject}:${lineOf(issue?.path ?? [])}`,
    problem: `${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? "not valid"}`.replace(
      /^: /,
      "",
    ),
    remedy: "see docs/claims.yaml for an example",
  });
}
