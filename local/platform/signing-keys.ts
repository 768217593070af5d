import { keysInForce, publishLogKeys } from "../../functions/operator/keys.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import { keyDigest } from "../../shared/policy/insurer.ts";
import { HalfOpen, logKeys } from "./open-log.ts";
import type { Services } from "./services.ts";

/**
 * Whether a log's next record must publish the keys that sign now, for `replace` says they are replaced; false where they are in force. Throws
 * HalfOpen where they are other ones and nobody asked for that, or none of them is in force.
 */
export async function keysToPublish(
  services: Services,
  insurer: string,
  replace: boolean,
): Promise<boolean> {
  const inForce = await keysInForce(services.ports, insurer);
  const now = (await logKeys(services, insurer)).map((key) => keyDigest(formatVerifierKey(key)));
  const shared = now.filter((key) => inForce.includes(key));
  if (shared.length === now.length && now.length === inForce.length) return false;
  const origin = services.ports.originOf(insurer);
  if (!replace) {
    throw new HalfOpen(
      `The log ${origin} is signed under other keys than the KMS has now: restore the KMS's folder, or say --signing-keys if they are being replaced.`,
    );
  }
  if (shared.length === 0) {
    throw new HalfOpen(
      `The log ${origin} is signed under none of these keys: replace them with an overlap, the generation in use and the next together first.`,
    );
  }
  return true;
}

/** Publishes the keys that sign now as the log's. */
export async function publishKeysNow(services: Services, insurer: string): Promise<void> {
  const act = { kind: "machine", now: services.ports.clock() } as const;
  const keys = await logKeys(services, insurer);
  const done = await publishLogKeys(services.ports, insurer, keys, act);
  if (isRefusal(done)) throw new HalfOpen(`${insurer}: ${done.detail}`);
}
