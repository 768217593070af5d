import { trustKeeper } from "../../functions/publisher/keep-trust.ts";
import { witnessPolicyOf, writePolicy } from "../bundle/trust.ts";
import type { Connections } from "./connect.ts";
import { logKeys } from "./open-log.ts";
import { ledgerName } from "./qldb.ts";

/**
 * Lists the insurers, each with a trust policy in `folder`, written when it is first seen: the witness cosigns the logs that policies there name, so a log without
 * one would show nothing. The same policy is published once the log shows a checkpoint. Throws Unavailable.
 */
export function coveredInsurers(
  services: Connections,
  folder: string,
): () => Promise<readonly string[]> {
  const covered = new Set<string>();
  const keepTrust = trustKeeper({
    published: services.published,
    logKeys: (insurer) => logKeys(services, insurer),
    witness: witnessPolicyOf(services.witness?.line),
  });
  return async () => {
    const insurers = await services.ports.store.insurers();
    if (services.qldb) {
      if (!covered.has(ledgerName)) await writeLedgerPolicy(services, folder);
      covered.add(ledgerName);
      return insurers;
    }
    for (const insurer of insurers) {
      await keepTrust(insurer);
      if (covered.has(insurer)) continue;
      const keys = await logKeys(services, insurer);
      writePolicy(folder, insurer, { keys, witness: services.witness?.line });
      covered.add(insurer);
    }
    return insurers;
  };
}

/** Writes the trust policy of a ledger whose engine is QLDB, which holds the logs of all insurers; gives its file. */
export async function writeLedgerPolicy(services: Connections, folder: string): Promise<string> {
  const keys = await logKeys(services, ledgerName);
  return writePolicy(folder, ledgerName, { keys });
}
