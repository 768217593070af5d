import { newHandle } from "../../functions/command/handle.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { maxMinor } from "../../shared/base/money.ts";
import type { Pack } from "../../shared/coverage/pack.ts";
import { planSchedule, xiangHuBao1 } from "../../shared/coverage/packs.ts";
import { openLog } from "../platform/open-log.ts";
import type { Services } from "../platform/services.ts";
import { type Portfolio, schedulePack, xiangHuBaoPack } from "../portfolio/portfolio.ts";
import { castOf } from "./cast.ts";
import { payerFor } from "./payee.ts";
import type { DuePolicy, Stage } from "./walk.ts";

const firstVersions: Readonly<Record<string, Pack>> = {
  [schedulePack]: planSchedule,
  [xiangHuBaoPack]: xiangHuBao1,
};

/** The stage with its logs open and its policies issued. `packs` is each insurer's pack stream. */
export interface SetStage extends Stage {
  readonly packs: ReadonlyMap<string, Handle>;
}

/** Issues the policies of a stage that has everything else, telling each. */
export type IssueAll = (
  stage: Stage,
  policies: readonly DuePolicy[],
  issued: () => void,
) => Promise<void>;

/**
 * Opens a simulation log per insurer of the portfolio and issues its policies. Every payout is in band 0: approved under the pack, released
 * by a person.
 */
export async function setStage(
  services: Services,
  portfolio: Portfolio,
  issueAll: IssueAll,
  progress: () => void,
): Promise<SetStage> {
  const { ports } = services;
  const cast = castOf(ports.random);
  const packs = new Map<string, Handle>();
  for (const { id, kind, pack, currency } of portfolio.insurers) {
    const text = pack === null ? undefined : firstVersions[pack];
    const [stream] = await openLog(services, {
      insurer: id,
      kind,
      simulation: true,
      currency,
      bands: kind === "insurer" ? [{ upTo: maxMinor, approvers: 0n }] : [],
      ...(kind === "insurer" ? { payer: payerFor(id) } : {}),
      packs: text ? [text] : [],
    });
    if (stream) packs.set(id, stream);
  }
  const policies = new Map<string, Handle>();
  for (const { key } of portfolio.policies) policies.set(key, newHandle(ports.random));
  const stage = { ports, policies, packs, person: cast.person, cast: cast.staff };
  const due = portfolio.policies.map((policy): DuePolicy => {
    const [stream, pack] = [policies.get(policy.key), packs.get(policy.insurer)];
    if (!stream || !pack) throw new Error(`bug: no pack for policy ${policy.key}`);
    return { policy, stream, pack };
  });
  await issueAll(stage, due, progress);
  return stage;
}
