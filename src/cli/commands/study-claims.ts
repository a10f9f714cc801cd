/** `alidade study claims`: decides a list of claims from studies' results. */

import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { UserError } from "../../core/errors.js";
import { writeFileAtomically } from "../../core/files.js";
import { withDiskErrors } from "../../run/disk-error.js";
import { readAgreementFacts, type AgreementFacts } from "../../study/claims/agreement-facts.js";
import { readClaims } from "../../study/claims/claims-file.js";
import { claimLines, claimsPage } from "../../study/claims/claims-page.js";
import { decideClaims, studyFolder, type DecidedStudy } from "../../study/claims/decide-claim.js";
import { readModelMaps } from "../../study/claims/model-maps.js";
import type { ClaimDecision } from "../../study/claims/verdict.js";
import { openStudyManifest } from "../../study/folder/manifest.js";
import { readStudy } from "../../study/folder/read-study.js";
import { command } from "../command.js";
import { text, toggle, wholeNumber } from "../flags.js";
import { table } from "../format.js";

const flags = {
  out: text(
    "<file>",
    "the page; the numbers go beside it as .json (default: beside the claims file, as .md)",
    { short: "o" },
  ),
  resamples: wholeNumber("<n>", "of the bootstrap (default: 4000)", { min: 100, max: 1_000_000 }),
  seed: wholeNumber("<n>", "of the bootstrap (default: 0)", { min: 0, max: 2 ** 32 - 1 }),
  keep: toggle("claims of which no results are given stay as the page's .json has them"),
};

export const studyClaimsCommand = command({
  name: "study claims",
  summary:
    "decide a list of claims, written before, from studies' results: holds, fails, inconclusive, not testable",
  arguments: "<file> [studies...]",
  flags,
  examples: [
    ["alidade study claims docs/claims.yaml studies/*", "writes docs/claims.md and docs/claims.json"],
    [
      "alidade study claims docs/claims.yaml studies/snli-agreement studies/md-agreement --keep",
      "decides two claims anew, from what `alidade agreement --json` printed into files of these folders",
    ],
  ],
  async run([path = "", ...folders], { out, resamples, seed, keep }, context) {
    const file = await readClaims(path);
    const page = out ?? join(dirname(path), `${basename(path, extname(path))}.md`);
    if (extname(page) !== ".md") {
      throw new UserError({
        subject: "--out",
        problem: "not a page's name",
        value: page,
        remedy: "name it .md",
      });
    }
    if ((await stat(dirname(page)).catch(() => null))?.isFile() === true) {
      throw new UserError({
        subject: page,
        problem: "its folder is a file",
        remedy: "choose another folder",
      });
    }
    const known = new Set(
      file.claims.flatMap(({ datasets, study }) =>
        study === undefined ? [] : datasets.map((dataset) => studyFolder(file, dataset, study)),
      ),
    );
    const studies = new Map<string, DecidedStudy>();
    const agreement = new Map<string, readonly AgreementFacts[]>();
    for (const folder of folders) {
      const name = basename(resolve(folder));
      const facts = await readAgreementFacts(folder);
      if (!known.has(name)) {
        if (facts === null) await openStudyManifest(folder);
        context.effects.warn(`${folder}: no claim asks for it; names are ${file.folder}`);
        continue;
      }
      if (studies.has(name) || agreement.has(name)) {
        throw new UserError({
          subject: folder,
          problem: "two studies of one name",
          value: name,
          remedy: "give one",
        });
      }
      if (facts !== null) {
        agreement.set(name, facts);
        continue;
      }
      const results = await readStudy(folder);
      studies.set(name, {
        results,
        command: results.manifest.command,
        models: (region) => readModelMaps(results, region),
      });
    }
    const numbers = `${page.slice(0, -".md".length)}.json`;
    const fresh = await decideClaims(file, studies, { resamples, seed, agreement });
    const decisions = keep === true ? keepStanding(fresh, await standingDecisions(numbers)) : fresh;
    await withDiskErrors(page, async () => {
      await writeFileAtomically(numbers, `${JSON.stringify(decisions, null, 1)}\n`);
      await writeFileAtomically(page, claimsPage(file, decisions));
    });
    if (context.json) return context.print(JSON.stringify({ decisions, files: [page, numbers] }, null, 2));
    const columns = [{ title: "claim" }, { title: "verdict" }, { title: "by dataset" }];
    context.print(`${table(columns, claimLines(file, decisions))}\n\nwrote ${page} and ${numbers}`);
  },
});

/** Decisions that were made of no results give way to those that stand. */
function keepStanding(fresh: readonly ClaimDecision[], standing: readonly ClaimDecision[]): ClaimDecision[] {
  const decided = standing.filter(({ verdict }) => verdict !== "untested");
  const byId = new Map(decided.map((decision) => [decision.id, decision]));
  return fresh.map((decision) =>
    decision.verdict === "untested" ? (byId.get(decision.id) ?? decision) : decision,
  );
}

async function standingDecisions(path: string): Promise<readonly ClaimDecision[]> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as ClaimDecision[];
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "--keep finds no decisions",
      remedy: "decide all claims once without it",
      cause,
    });
  }
}
