import { rmSync } from "node:fs";
import { join } from "node:path";
import { startDemoApi } from "../../local/demo/api.ts";
import { exportHere, policyFolder, writeBundle, writePolicies } from "../../local/demo/bundle.ts";
import { walkClaims } from "../../local/demo/claims.ts";
import { issueHere } from "../../local/demo/issue-share.ts";
import { payAll } from "../../local/demo/pay.ts";
import { approveAll } from "../../local/demo/payouts.ts";
import { type SetStage, setStage } from "../../local/demo/stage.ts";
import type { WalkedClaim } from "../../local/demo/walk.ts";
import { walkHere } from "../../local/demo/walk.ts";
import { startLedger } from "../../local/platform/ledger.ts";
import { type Services, startServices } from "../../local/platform/services.ts";
import type { Portfolio } from "../../local/portfolio/portfolio.ts";
import { covidStoryKey, seededPortfolio } from "../../local/portfolio/seeded/seeded.ts";
import { mainDatabase } from "../../local/postgres/where.ts";
import { openFolder } from "../cli/door.ts";
import { freshDatabase } from "../cluster/database.ts";

/** The two insurers of the small portfolio. */
export const insurers = ["first-mutual", "second-mutual"] as const;

/** A few seeded claims, each the first of its person, dealt to two insurers. */
export function smallPortfolio(count: number): Portfolio {
  const seeded = seededPortfolio();
  const persons = new Set<string>();
  const chosen = seeded.claims.filter(({ key, insured }) => {
    const first = key !== covidStoryKey && !persons.has(insured);
    persons.add(insured);
    return first;
  });
  const claims = chosen.slice(0, count).map((claim, index) => {
    const insurer = insurers[index % 2] ?? insurers[0];
    return { ...claim, insurer, policy: claim.policy && `${insurer}/${claim.policy}` };
  });
  const policies = claims.flatMap(({ policy, insurer }) => {
    const found = seeded.policies.find(({ key }) => `${insurer}/${key}` === policy);
    return found && policy ? [{ ...found, key: policy, insurer }] : [];
  });
  const [tenant] = seeded.insurers;
  const tenants = insurers.map((id) => ({ ...tenant, id }) as Portfolio["insurers"][number]);
  return { insurers: tenants, policies, claims, rejected: [], persons: claims.length };
}

/** A portfolio that took its whole walk over HTTP, in a database and folder of its own. */
export interface Walked {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly portfolio: Portfolio;
  readonly services: Services;
  readonly stage: SetStage;
  readonly claims: readonly WalkedClaim[];
  close(): Promise<void>;
}

export const walkSmall = (count: number): Promise<Walked> => walkPortfolio(smallPortfolio(count));

/** Opens the portfolio's logs and takes all of it, up to 100 claims over HTTP, from submission to decision. */
export async function walkPortfolio(portfolio: Portfolio): Promise<Walked> {
  const folder = openFolder("small");
  const database = await freshDatabase();
  const services = await startServices({
    folder,
    database: mainDatabase,
    databaseUrl: database.superuserUrl,
    originPrefix: "small.example",
    durablePublished: false,
    log: () => undefined,
  });
  const tenants = portfolio.insurers.map(({ id }) => id);
  const stage = await setStage(
    services,
    portfolio,
    (on, due, issued) => issueHere(on, 4)(due, issued),
    () => undefined,
  );
  const startApi = () => startDemoApi(services, stage, tenants, folder);
  const claims = await walkClaims(stage, startApi, portfolio, walkHere(stage, 4), () => undefined);
  return {
    folder,
    databaseUrl: database.superuserUrl,
    portfolio,
    services,
    stage,
    claims,
    close: async () => {
      await services.stop();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Pays, signs and exports what was walked: the bundle's folder and its policies'. */
export async function exportSmall({ folder, services, stage }: Walked) {
  for (const insurer of insurers) {
    await approveAll(services.ports, insurer, 2, () => undefined);
    const [paying, { releaser }] = [{ ...services, pool: services.pools.app }, stage.cast(insurer)];
    await payAll(paying, releaser, folder, { bank: "friendly", seed: "1" }, () => undefined);
  }
  const ledger = startLedger(
    services,
    async () => insurers,
    () => undefined,
  );
  await ledger.drain(insurers, () => undefined);
  await ledger.stop();
  const out = join(folder, "bundle");
  const exportLogs = exportHere(services, services.pools.auditor);
  await writeBundle(exportLogs, insurers, out, () => undefined);
  await writePolicies(services, insurers, policyFolder(out));
  return { bundle: out, policies: policyFolder(out) };
}
