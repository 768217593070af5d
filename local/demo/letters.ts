import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { letterFor } from "../../functions/command/letter.ts";
import { decidedForm } from "../../shared/claim/decided.ts";
import { parseRecord } from "../../shared/record/record.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { covidStoryKey } from "../portfolio/seeded/seeded.ts";
import { expected, type Stage, type WalkedClaim } from "./walk.ts";

/** The folder of the letters that belong to a bundle: beside it, never in it. */
export const letterFolder = (out: string): string => `${out}.letters`;

/** Which claims' letters are written, under these names: the COVID-19 story, one claim refused by the simulated adjuster, one paid in part. */
const told: readonly (readonly [name: string, told: (walked: WalkedClaim) => boolean])[] = [
  ["covid-19", ({ portfolio }) => portfolio.key === covidStoryKey],
  ["refused", ({ outcome, reasonCode }) => outcome === "DENY" && reasonCode === "WAITING_PERIOD"],
  ["refused", ({ outcome }) => outcome === "DENY"],
  ["paid-in-part", ({ outcome, awardMinor }) => outcome === "PAY_PART" && awardMinor > 0n],
];
const nameOf = /^(covid-19|refused|paid-in-part)-[1-9]\.txt$/;

/**
 * Writes every letter of a few claims of the portfolio, in place of those of an earlier run, as files covid-19-1.txt, covid-19-2.txt, … in `folder`.
 * Gives the last letter of the first of these claims.
 */
export async function writeLetters(
  stage: Stage,
  { claims }: Portfolio,
  walked: readonly WalkedClaim[],
  folder: string,
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) if (nameOf.test(file)) rmSync(join(folder, file));
  const byKey = new Map(walked.map((each) => [each.portfolio.key, each]));
  const inOrder = claims.flatMap(({ key }) => byKey.get(key) ?? []);
  const written = new Map<string, string>();
  for (const [name, isTold] of told) {
    const claim = written.has(name) ? undefined : inOrder.find(isTold);
    if (!claim) continue;
    const letters = await lettersOf(stage, claim);
    for (const [index, letter] of letters.entries()) {
      writeFileSync(join(folder, `${name}-${index + 1}.txt`), letter);
    }
    written.set(name, letters.at(-1) ?? "");
  }
  return [...written.values()][0] ?? "";
}

/** The letter of each decision on the claim, oldest first, as the insurer's adjuster is given it. */
async function lettersOf({ ports, cast }: Stage, walked: WalkedClaim): Promise<string[]> {
  const { insurer } = walked.portfolio;
  const { adjuster } = cast(insurer);
  const letters: string[] = [];
  for (const { record, version } of await ports.store.records(insurer, walked.claim)) {
    if (parseRecord(record).type !== decidedForm.type) continue;
    letters.push(expected(await letterFor(ports, adjuster, walked.claim, version)).text);
  }
  return letters;
}
