import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import type { CommandPorts } from "../../functions/command/commit.ts";
import { decide } from "../../functions/command/decide.ts";
import { each } from "../../functions/command/each.ts";
import { patiently } from "../../functions/command/patiently.ts";
import { submit } from "../../functions/command/submit.ts";
import { addPolicy } from "../../functions/operator/core.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import type { Decided } from "../../shared/claim/decided.ts";
import type { Submission } from "../../shared/claim/submission.ts";
import { simulatedRuling } from "../portfolio/adjuster.ts";
import type { PortfolioClaim, PortfolioPolicy } from "../portfolio/portfolio.ts";
import { covidStoryKey } from "../portfolio/seeded/seeded.ts";
import type { Cast } from "./cast.ts";
import { payeeFor } from "./payee.ts";

/** How one claim of the portfolio ended. */
export interface WalkedClaim {
  readonly portfolio: PortfolioClaim;
  readonly claim: Handle;
  readonly outcome: Decided["outcome"];
  readonly awardMinor: bigint;
  readonly reasonCode: string;
}

/** What every walk of a claim needs: where its insurer's policies and persons are. */
export interface Stage {
  readonly ports: CommandPorts;
  readonly cast: (insurer: string) => Cast;
  readonly person: (key: string) => Handle;
  readonly policies: ReadonlyMap<string, Handle>;
}

/** The result, or an error that says what was refused: in the demo a refusal is a bug. */
export function expected<T extends object>(result: T | Refusal): T {
  if (isRefusal(result)) throw new Error(`refused (${result.refused}): ${result.detail}`);
  return result as T;
}

/** A policy to issue: as which stream, under its insurer's pack stream. */
export interface DuePolicy {
  readonly policy: PortfolioPolicy;
  readonly stream: Handle;
  readonly pack: Handle;
}

/** Issues one policy. */
export async function issue(
  { ports, person }: Pick<Stage, "ports" | "person">,
  { policy, stream, pack }: DuePolicy,
): Promise<void> {
  const insured = person(policy.insured);
  const { coverage, startDay: start, endDay: end, birthDay: birthDate, limit } = policy;
  const parties = [
    { role: "holder" as const, person: insured },
    { role: "insured" as const, person: insured },
  ];
  const terms = { insured, parties, coverage, start, end, birthDate, limit, pack };
  const act = { kind: "machine", now: ports.clock() } as const;
  expected(await patiently(ports, () => addPolicy(ports, policy.insurer, stream, terms, act)));
}

/** The submission of a portfolio claim, as the insurer's intake states it. */
export function submissionOf(
  { person, policies }: Stage,
  { policy, insured, submission }: PortfolioClaim,
): Submission {
  const named = policy === null ? undefined : policies.get(policy);
  return {
    ...submission,
    payee: submission.payee ?? payeeFor(insured),
    ...(named ? { policy: named } : {}),
    onBehalfOf: person(insured),
  };
}

/** One claim from its submission to its decision: the pack's, or the simulated adjuster's where the pack refers. */
export async function walkClaim(stage: Stage, item: PortfolioClaim): Promise<WalkedClaim> {
  const { ports, cast } = stage;
  const { intake } = cast(item.insurer);
  const idempotency = { key: item.key, fingerprint: sha256(utf8(item.key)) };
  const submission = submissionOf(stage, item);
  const submitting = () => submit(ports, intake, submission, idempotency, ports.clock());
  const reply = expected(await patiently(ports, submitting));
  if (!("committed" in reply)) throw new Error("bug: a claim of the portfolio came twice");
  const { claim } = reply.committed;
  const decided = expected(await patiently(ports, () => adjudicate(ports, item.insurer, claim)));
  return { portfolio: item, claim, ...outcomeOf(decided.event.content as Decided) };
}

const outcomeOf = ({ outcome, award, reasonCode }: Decided) => ({
  outcome,
  awardMinor: award.minor,
  reasonCode,
});

/** The simulated adjuster rules on a referred claim. */
export async function ruleOn(stage: Stage, walked: WalkedClaim): Promise<WalkedClaim> {
  const { ports, cast } = stage;
  const now = ports.clock();
  const { adjuster } = cast(walked.portfolio.insurer);
  const ruling = {
    ...simulatedRuling(walked.reasonCode, walked.portfolio),
    fileOpenedAt: now,
    documentsOpened: [{ stream: walked.claim, version: 1n }],
  };
  const ruled = () => decide(ports, adjuster, walked.claim, ruling, {}, now);
  expected(await patiently(ports, ruled));
  const claimed = walked.portfolio.submission.lines.reduce(
    (sum, line) => sum + line.claimed.minor,
    0n,
  );
  const { outcome, amount, reasonCode } = ruling;
  const awardMinor = outcome === "DENY" ? 0n : (amount?.minor ?? claimed);
  return { ...walked, outcome, awardMinor, reasonCode };
}

/** Takes claims, in the portfolio's order, from submission to decision. */
export type Walk = (
  claims: readonly PortfolioClaim[],
  walked: (one: WalkedClaim) => void,
) => Promise<void>;

/** Walks claims in this thread, `width` at once; the COVID-19 story's claim stays referred until its amendment. */
export const walkHere =
  (stage: Stage, width: number): Walk =>
  (claims, walked) =>
    each(spread(claims, width), width, async (item) => {
      const first = await walkClaim(stage, item);
      const referred = first.outcome === "REFER" && item.key !== covidStoryKey;
      walked(referred ? await ruleOn(stage, first) : first);
    });

/** The claims dealt from `width` places of the portfolio in turn: neighbours are often of one policy, and would wait for each other. */
function spread(claims: readonly PortfolioClaim[], width: number): PortfolioClaim[] {
  const length = Math.ceil(claims.length / width);
  return Array.from({ length }, (_, row) =>
    Array.from({ length: width }, (_, column) => claims[column * length + row]),
  )
    .flat()
    .filter((claim) => claim !== undefined);
}
