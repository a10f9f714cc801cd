import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { givenInputs } from "../../src/cli/study-inputs-file.js";

type Given = Parameters<typeof givenInputs>[2];
const given = (values: Partial<Given>): Given => values as Given;

let file = "";
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "alidade-inputs-"));
  file = join(folder, "set.yaml");
  await writeFile(
    file,
    "data: /a.csv\ntests:\n  ood: { kind: ood, file: /b.csv, where: x = 1 }\n" +
      "trainer: { name: ngram, options: { epochs: 3, batch: 8 } }\nseeds: 2\nbudget: steps\n",
  );
});
afterAll(() => rm(join(file, ".."), { recursive: true, force: true }));

it("takes everything from the file", async () => {
  expect(await givenInputs("sweep", [file], given({}), true)).toMatchObject({
    data: { files: ["/a.csv"] },
    tests: [{ name: "ood", kind: "ood", files: ["/b.csv"], read: { where: "x = 1" } }],
    trainer: { name: "ngram", options: { epochs: 3, batch: 8 } },
    seeds: 2,
    budgets: ["steps"],
  });
});

it("what the command line says beside it goes first", async () => {
  const inputs = await givenInputs("sweep", [file], given({ epochs: 4, seeds: 7, budget: "both" }), true);
  expect(inputs).toMatchObject({
    trainer: { name: "ngram", options: { epochs: 4, batch: 8 } },
    seeds: 7,
    budgets: ["epochs", "steps"],
  });
  const other = await givenInputs("sweep", [file], given({ trainer: "features" }), true);
  expect(other.trainer).toEqual({ name: "features" });
});

it("refuses a flag that says what the file says, and a file among files", async () => {
  await expect(givenInputs("sweep", [file], given({ label: "x" }), true)).rejects.toThrow(
    `--label: cannot be given beside ${file}, which says what is read; write it into the file`,
  );
  await expect(givenInputs("sweep", [file, "a.csv"], given({}), true)).rejects.toThrow("takes one YAML file");
});
