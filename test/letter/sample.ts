import type { Json } from "../../shared/base/canonical.ts";
import { parseInstant } from "../../shared/base/instant.ts";
import { adjudicate } from "../../shared/coverage/adjudicate.ts";
import { caseFacts } from "../../shared/coverage/cases.ts";
import { type CompiledPack, compilePack } from "../../shared/coverage/compile.ts";
import type { Facts } from "../../shared/coverage/facts.ts";
import { packs, planSchedule, xiangHuBao1, xiangHuBao2 } from "../../shared/coverage/packs.ts";
import type { Explained, LetterHead } from "../../shared/letter/decision.ts";
import { letterOf } from "../../shared/letter/letter.ts";

export const head: LetterHead = { claim: "4".repeat(32), insurer: "acme", actor: "machine" };
export const shipped: readonly CompiledPack[] = packs.map(compilePack);
export const [schedule, aid1, aid2] = [planSchedule, xiangHuBao1, xiangHuBao2].map(compilePack) as [
  CompiledPack,
  CompiledPack,
  CompiledPack,
];

/** The facts of a pack's golden case. */
export function factsOf({ pack }: CompiledPack, name: string): Facts {
  const found = pack.cases.find((each) => each.name === name);
  if (!found) throw new Error(`no case is called ${name}`);
  return caseFacts(pack.dateBasis, found.facts);
}

/** What `pack` decides on `facts`, as a decision seals it. */
export function decided(pack: CompiledPack, facts: Facts): Explained {
  const found = adjudicate(pack, facts);
  const money = (minor: bigint) => ({ minor, currency: pack.pack.currency });
  return {
    now: parseInstant("2020-03-18T10:00:00.000000Z", "now"),
    command: { kind: "adjudicate" },
    inputs: [],
    trace: JSON.parse(JSON.stringify(found.trace)) as Json[],
    outcome: found.outcome,
    award: money(found.minor),
    reductions: found.reductions.map(({ minor, ...each }) => ({ ...each, amount: money(minor) })),
    reasonCode: found.reasonCode,
    citation: found.citation,
    supersedes: null,
  };
}

/** The machine's letter on `facts`. */
export const letterOn = (pack: CompiledPack, facts: Facts): string =>
  letterOf(head, decided(pack, facts), pack);

/** A letter in one line. */
export const flat = (letter: string): string => letter.replace(/\s+/g, " ");
