/** `claims.yaml`: what is claimed and how it is decided, validated when it is read. */

import { readFile } from "node:fs/promises";
import { parseDocument } from "yaml";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { regionNames } from "../../map/map.js";

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
  test: z.enum(["contrast", "trend", "collapse", "map-shift", "untested"]),
  needs: z.literal("collapse").optional(),
  contrasts: z
    .array(z.strictObject({ arm, against: arm, on: where, expect: z.enum(["better", "worse"]) }))
    .optional(),
  trends: z.array(z.strictObject({ arm, on: where, expect: z.enum(["rising", "falling"]) })).optional(),
  collapse: z.strictObject({ arm, against: arm }).optional(),
  /** Of a stronger model's map, against a weaker one's. */
  "map-shift": z.strictObject({ region: z.enum(regionNames), expect: z.enum(["more", "fewer"]) }).optional(),
  /** What has to be known of the rule, such as that it was written later. */
  note: z.string().optional(),
  /** Why it is untested. */
  reason: z.string().optional(),
});

const schema = z.strictObject({
  version: z.literal(1),
  alpha: z.number().positive().max(0.5),
  margin: z.number().positive().max(0.5),
  convex: z.array(z.string()),
  trainer: z.string(),
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
  claims: z.array(claim),
});

export type ClaimsFile = z.infer<typeof schema>;
export type Claim = ClaimsFile["claims"][number];
export type ClaimArm = z.infer<typeof arm>;

const parts = {
  contrast: "contrasts",
  trend: "trends",
  collapse: "collapse",
  "map-shift": "map-shift",
} as const;

/** @throws UserError with the line, where the file is no such list */
export async function readClaims(path: string): Promise<ClaimsFile> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "cannot be read",
      remedy: "name a claims file, such as docs/claims.yaml",
      cause,
    });
  }
  return parseClaims(text, path);
}

/** @param subject for messages */
export function parseClaims(text: string, subject: string): ClaimsFile {
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
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      const at = (node as { range?: readonly number[] } | null | undefined)?.range?.[0];
      if (at !== undefined) return text.slice(0, at).split("\n").length;
    }
    return 1;
  };
  const parsed = schema.safeParse(document.toJS());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError({
      subject: `${subject}:${lineOf(issue?.path ?? [])}`,
      problem: `${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? "not valid"}`.replace(
        /^: /,
        "",
      ),
      remedy: "see docs/claims.yaml for an example",
    });
  }
  const file = parsed.data;
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
