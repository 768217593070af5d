import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { claimViewSchema } from "../../shared/api/claim-view.ts";
import { committedClaimSchema } from "../../shared/api/committed.ts";
import type { Json } from "../../shared/base/canonical.ts";
import { rulingSchema } from "../../shared/claim/ruling.ts";
import { submissionSchema } from "../../shared/claim/submission.ts";
import { simulatedRuling } from "../portfolio/adjuster.ts";
import type { PortfolioClaim } from "../portfolio/portfolio.ts";
import { call } from "./call.ts";
import { type Stage, submissionOf, type WalkedClaim } from "./walk.ts";

/** The API as two callers of one insurer use it. */
export interface ApiCallers {
  readonly url: string;
  readonly intakeToken: string;
  readonly adjusterToken: string;
}

const pollMs = 100;
const patienceMs = 60_000;

/** The same walk as walkClaim and ruleOn, over HTTP only: submit, wait for the pack, rule where it refers, read the result. */
export async function walkOverHttp(
  stage: Stage,
  api: ApiCallers,
  item: PortfolioClaim,
): Promise<WalkedClaim> {
  const stated = z.encode(submissionSchema, submissionOf(stage, item)) as Record<string, Json>;
  const submitted = await call({
    method: "POST",
    url: `${api.url}/claims`,
    token: api.intakeToken,
    body: { insurer: item.insurer, ...stated },
    key: item.key,
  });
  const { claim } = z.decode(committedClaimSchema, submitted.json as never);
  const { decided: first, etag } = await decisionAfter(api, item, claim, 0);
  if (first.outcome !== "REFER") return first;
  const ruling = z.encode(rulingSchema, {
    ...simulatedRuling(first.reasonCode, item),
    fileOpenedAt: stage.ports.clock(),
    documentsOpened: [{ stream: claim, version: 1n }],
  });
  const body = ruling as Record<string, Json>;
  const url = `${api.url}/claims/${claim}/decisions`;
  const key = `${item.key}-ruling`;
  await call({
    method: "POST",
    url,
    token: api.adjusterToken,
    body,
    key,
    ...(etag ? { ifMatch: etag } : {}),
  });
  return (await decisionAfter(api, item, claim, 1)).decided;
}

async function decisionAfter(
  api: ApiCallers,
  item: PortfolioClaim,
  claim: string,
  known: number,
): Promise<{ readonly decided: WalkedClaim; readonly etag: string | undefined }> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
    const url = `${api.url}/claims/${claim}`;
    const { json, etag } = await call({ method: "GET", url, token: api.intakeToken });
    const { decisions } = z.decode(claimViewSchema, json as never);
    const decision = decisions[known];
    if (decision) {
      const { outcome, amount, reasonCode } = decision;
      const awardMinor = amount?.minor ?? 0n;
      const decided = { portfolio: item, claim, outcome, awardMinor, reasonCode };
      return { decided, etag };
    }
    await sleep(pollMs);
  }
  throw new Error(`claim ${claim} was not decided within ${patienceMs / 1000} s`);
}
