/** Which examples are meant: a region, those whose ids a file holds, or those that were correct in so many epochs. */

import { UserError } from "../../core/errors.js";
import { regionNames, type DataMap, type Region } from "../../map/map.js";
import { readExcludedIds } from "../../select/excluded-ids.js";

export type ExampleChoice =
  | { readonly region: Region }
  /** A file of ids: a subset, suspects, any table with a column id, or one id a line. */
  | { readonly ids: string }
  /** Correct in from .. to epochs, both counted. */
  | { readonly correctEpochs: { readonly from: number; readonly to: number } };

export interface ChosenRows {
  /** As a person reads it. */
  readonly name: string;
  /** 1 where the row is meant. */
  readonly member: Uint8Array;
  /** Ids of the file that are none of the run's. */
  readonly unknownIds: number;
}

/** @param idColumn what the run's own dataset calls its ids. @throws UserError where no example is meant */
export async function chosenRows(
  map: DataMap,
  choice: ExampleChoice,
  { folder, idColumn }: { readonly folder: string; readonly idColumn: string | undefined },
): Promise<ChosenRows> {
  const chosen = await choose(map, choice, folder, idColumn);
  if (chosen.member.includes(1)) return chosen;
  throw new UserError({
    subject: folder,
    problem: `no example is ${"region" in choice ? "in the region" : "among"} ${chosen.name}`,
    remedy:
      "region" in choice ? `choose another: ${regionNames.join(", ")}` : "`alidade show` says what there is",
  });
}

async function choose(
  map: DataMap,
  choice: ExampleChoice,
  folder: string,
  idColumn: string | undefined,
): Promise<ChosenRows> {
  const { size, regions, correctEpochs, ids, epochs } = map;
  const of = (name: string, meant: (row: number) => boolean): ChosenRows => ({
    name,
    member: Uint8Array.from({ length: size }, (_, row) => (meant(row) ? 1 : 0)),
    unknownIds: 0,
  });
  if ("region" in choice) {
    const index = regionNames.indexOf(choice.region);
    return of(choice.region, (row) => regions[row] === index);
  }
  if ("correctEpochs" in choice) {
    const { from, to } = choice.correctEpochs;
    const epochsText = from === to ? String(from) : `${from} to ${to}`;
    return of(
      `correct in ${epochsText} of ${epochs} epochs`,
      (row) => correctEpochs[row]! >= from && correctEpochs[row]! <= to,
    );
  }
  const wanted = new Set(await readExcludedIds(choice.ids, idColumn));
  const chosen = of(choice.ids, (row) => wanted.has(ids[row]!));
  const found = chosen.member.reduce((sum, one) => sum + one, 0);
  if (found > 0) return { ...chosen, unknownIds: wanted.size - found };
  throw new UserError({
    subject: choice.ids,
    problem: `none of its ${wanted.size} ids is of an example of ${folder}`,
    value: [...wanted][0],
    remedy: "give ids as `alidade show` prints them",
  });
}
