import { EntryCheck } from "../shared/audit/entry-check.ts";
import type { Finding } from "../shared/audit/finding.ts";
import { Fold } from "../shared/audit/fold.ts";
import { adjudicate } from "../shared/coverage/adjudicate.ts";
import type { Figure } from "./figure.ts";
import { coreMsOf, coreMsOfAsync, medianOf } from "./rate.ts";
import { origin, pack, type SampleEntry, sampleDecisions } from "./sample-decisions.ts";

const claims = 400;
const rounds = 5;
const packs = new Map([[pack.hash, pack]]);

/** Decisions that the audit makes again from a log's entries and openings, beside the engine alone on the same claims' facts. */
export async function replaying(): Promise<Figure> {
  const log = await sampleDecisions(claims);
  const rates: { readonly replay: number; readonly engine: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const audit = await replay(log.entries);
    const engineMs = coreMsOf(() => {
      for (const facts of log.facts) adjudicate(pack, facts);
    });
    const engine = (log.facts.length * 1000) / engineMs;
    if (round > 0) rates.push({ replay: audit, engine });
  }
  return {
    name: "rules.replay",
    value: medianOf(rates.map(({ replay }) => replay)),
    unit: "per core/s",
    limitName: `the engine alone on the same ${claims} claims: the audit also hashes, opens, folds and compares two records a decision`,
    limit: medianOf(rates.map(({ engine }) => engine)),
  };
}

/** Decisions a second; of each also its claim's submission is checked. */
async function replay(entries: readonly SampleEntry[]): Promise<number> {
  const findings: Finding[] = [];
  const check = new EntryCheck(
    origin,
    new Fold((hash) => packs.get(hash)),
    packs,
    undefined,
    findings,
  );
  const checkFrom = async (from: number, to: number): Promise<void> => {
    for (const [offset, { bytes, leaf, line }] of entries.slice(from, to).entries()) {
      await check.entry(BigInt(from + offset), "entries", bytes, leaf, line, false);
    }
  };
  // Everything before the first claim is set-up.
  const first = entries.length - 2 * claims;
  await checkFrom(0, first);
  const elapsedMs = await coreMsOfAsync(() => checkFrom(first, entries.length));
  if (findings.length > 0 || check.tally.reexecuted !== claims) {
    throw new Error(`bug: the sample log has findings: ${JSON.stringify(findings[0])}`);
  }
  return (claims * 1000) / elapsedMs;
}
