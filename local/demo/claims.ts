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
import { expected, type Walk, type WalkedClaim } from "./walk.ts";

/** How many claims take their whole walk over HTTP. */
export const overHttp = 100;

/** The job decides what waits in rounds: as many claims as are under way go through in one. */
const atOnce = 4;

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

/** Takes all claims from submission to decision: some over HTTP, the others as `walk` does; the COVID-19 story's claim stays referred. */
export async function walkClaims(
  stage: SetStage,
  startApi: () => Promise<DemoApi>,
  { claims }: Portfolio,
  walk: Walk,
  progress: () => void,
): Promise<WalkedClaim[]> {
  const walked: WalkedClaim[] = [];
  const { http, direct } = splitByRoute(claims);
  const api = await startApi();
  try {
    await each(http, atOnce, async (item) => {
      walked.push(await walkOverHttp(stage, await api.callersOf(item.insurer), item));
      progress();
    });
  } finally {
    // The job stops with the API: from here on each walk has the pack decide itself.
    await api.stop();
  }
  await walk(direct, (one) => {
    walked.push(one);
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
