import { openPool } from "../../functions/adapters/postgres/pool.ts";
import { rebuildStore } from "../../functions/adapters/postgres/rebuild.ts";
import { type NotRebuilt, rebuildLog } from "../../functions/rebuild/core.ts";
import { unwitnessed } from "../../shared/log/policy.ts";
import { lockFolder } from "../postgres/lock.ts";
import { StartFailure } from "../postgres/start-failure.ts";
import { mainDatabase } from "../postgres/where.ts";
import { logKeys } from "./open-log.ts";
import { kindOf } from "./qldb.ts";
import { startServices } from "./services.ts";
import { originPrefix } from "./start.ts";

/** What became of one log. */
export interface RebuildOutcome {
  readonly insurer: string;
  readonly outcome: { readonly size: bigint } | NotRebuilt;
}

/** Which platform is rebuilt, and who is told how far it is. */
export interface RebuildOptions {
  readonly folder: string;
  readonly databaseUrl: string | undefined;
  readonly log: (line: string) => void;
  readonly progress: (entries: number) => void;
}

/**
 * Rebuilds the database of the platform in `folder`, log by log, from its published folder, sealed store, signer's store, wrapped keys and KMS. Each log
 * comes back whole or not at all. Throws StartFailure, Unavailable.
 */
export async function rebuildPlatform(options: RebuildOptions): Promise<RebuildOutcome[]> {
  const { folder, databaseUrl, log, progress } = options;
  if (kindOf(folder) === "qldb") {
    throw new StartFailure(
      `${folder} holds a platform whose ledger is QLDB: only a log of our own can be rebuilt. Restore its database from a backup.`,
    );
  }
  const unlock = lockFolder(folder);
  try {
    const place = { folder, database: mainDatabase, databaseUrl, originPrefix };
    const services = await startServices({ ...place, durablePublished: true, log });
    const owner = openPool({ url: services.server.superuserUrl(mainDatabase), max: 2 });
    try {
      const { published, sealed, signed, ports } = services;
      const outcomes: RebuildOutcome[] = [];
      for await (const key of signed.list("")) {
        const insurer = /^([^/]+)\/latest$/.exec(key)?.[1];
        if (insurer === undefined) continue;
        const trust = async () => {
          const policy = unwitnessed(await logKeys(services, insurer));
          return { policy, requirements: [{ size: 1n, signatures: "ed25519+mldsa44" } as const] };
        };
        const store = rebuildStore(owner, ports.clock);
        const from = { ...ports, published, sealed, signed, store, trust };
        outcomes.push({ insurer, outcome: await rebuildLog(from, insurer, progress) });
      }
      return outcomes;
    } finally {
      await owner.end();
      await services.stop();
    }
  } finally {
    unlock();
  }
}
