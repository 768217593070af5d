import { writePolicy } from "../bundle/trust.ts";
import { logKeys } from "./open-log.ts";
import type { Services } from "./services.ts";

/**
 * Lists the insurers, each with a trust policy in `folder`, written when it is first seen: the witness cosigns the logs that policies there name, so a log without
 * one would show nothing. Throws Unavailable.
 */
export function coveredInsurers(
  services: Services,
  folder: string,
): () => Promise<readonly string[]> {
  const covered = new Set<string>();
  return async () => {
    const insurers = await services.ports.store.insurers();
    for (const insurer of insurers) {
      if (covered.has(insurer)) continue;
      const keys = await logKeys(services, insurer);
      writePolicy(folder, insurer, { keys, witness: services.witness?.line });
      covered.add(insurer);
    }
    return insurers;
  };
}
