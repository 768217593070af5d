import { each } from "../../functions/command/each.ts";
import type { Appended } from "../../functions/command/transaction.ts";
import { readjudicate } from "../../functions/operator/readjudicate.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Decided } from "../../shared/claim/decided.ts";
import { xiangHuBao2 } from "../../shared/coverage/packs.ts";
import { publishVersion } from "../platform/open-log.ts";
import type { Services } from "../platform/services.ts";
import type { Portfolio, PortfolioClaim } from "../portfolio/portfolio.ts";
import { covidStoryKey, seededInsurer } from "../portfolio/seeded/seeded.ts";
import type { DemoApi } from "./api.ts";
import { walkOverHttp } from "./over-http.ts";
import type { SetStage } from "./stage.ts";
import { expected, ruleOn, type WalkedClaim, walkClaim } from "./walk.ts";

/** How many claims take their whole walk over HTTP. */
export const overHttp = 100;

/** Every nth claim goes over HTTP, so that they are of all insurers; the story's own claim does not. */
export function splitByRoute(claims: readonly PortfolioClaim[]): {
  http: readonly PortfolioClaim[];
  direct: readonly PortfolioClaim[];
} {
  const step = Math.max(1, Math.floor(claims.length / overHttp));
  const chosen = claims
    .filter(({ key }, index) => index % step === step - 1 && key !== covidStoryKey)
    .slice(0, overHttp);
  const http = new Set(chosen);
  return { http: chosen, direct: claims.filter((claim) => !http.has(claim)) };
}

/** The claims dealt from `width` places of the portfolio in turn: neighbours are often of one policy, and would wait for each other. */
function spread(claims: readonly PortfolioClaim[], width: number): PortfolioClaim[] {
  const length = Math.ceil(claims.length / width);
  return Array.from({ length }, (_, row) =>
    Array.from({ length: width }, (_, column) => claims[column * length + row]),
  )
    .flat()
    .filter((claim) => claim !== undefined);
}

/** Takes all claims from submission to decision; the COVID-19 story's claim stays referred until its amendment. */
export async function walkClaims(
  stage: SetStage,
  startApi: () => Promise<DemoApi>,
  { claims }: Portfolio,
  width: number,
  progress: () => void,
): Promise<WalkedClaim[]> {
  const walked: WalkedClaim[] = [];
  const { http, direct } = splitByRoute(claims);
  const api = await startApi();
  try {
    await each(http, 4, async (item) => {
      walked.push(await walkOverHttp(stage, await api.callersOf(item.insurer), item));
      progress();
    });
  } finally {
    // The job stops with the API: from here on each walk has the pack decide itself.
    await api.stop();
  }
  await each(spread(direct, width), width, async (item) => {
    const first = await walkClaim(stage, item);
    const referred = first.outcome === "REFER" && item.key !== covidStoryKey;
    walked.push(referred ? await ruleOn(stage, first) : first);
    progress();
  });
  return walked;
}

/**
 * The COVID-19 story: the amended pack is published and decides again what its first version referred and nobody ruled on. The new decision links
 * the one it supersedes. Gives the walked claims with those replaced.
 */
export async function amendForCovid(
  services: Services,
  stage: SetStage,
  walked: readonly WalkedClaim[],
): Promise<WalkedClaim[]> {
  const { ports } = services;
  const pack = stage.packs.get(seededInsurer);
  if (!pack || !walked.some(({ portfolio }) => portfolio.key === covidStoryKey)) return [...walked];
  expected(
    await publishVersion(services, { insurer: seededInsurer, simulation: true }, pack, xiangHuBao2),
  );
  const again = new Map<Handle, Decided>();
  const progress = (claim: Handle, decided: Appended | undefined): void => {
    if (decided) again.set(claim, decided.event.content as Decided);
  };
  expected(await readjudicate(ports, seededInsurer, pack, { progress }));
  return walked.map((item) => {
    const decided = again.get(item.claim);
    if (!decided) return item;
    const { outcome, award, reasonCode } = decided;
    return { ...item, outcome, awardMinor: award.minor, reasonCode };
  });
}
