import { publishedKey, type TrustFile, trustKey } from "../../shared/api/log-path.ts";
import { equal } from "../../shared/base/bytes.ts";
import type { VerifierKey } from "../../shared/log/key.ts";
import { formatPolicy } from "../../shared/log/policy-file.ts";
import { formatRequirements, type RequiredSignatures } from "../../shared/log/require.ts";
import type { WitnessPolicy } from "../../shared/log/witness-policy.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";

/** The trust policy of a log as its operator states it: its keys and witnesses, a signature of each type its keys have from size 1 on. */
export const trustOf = (
  keys: readonly VerifierKey[],
  witness: WitnessPolicy,
): Readonly<Record<TrustFile, Uint8Array>> => ({
  policy: formatPolicy({ ...witness, logs: keys.map((key) => ({ key })) }),
  require: formatRequirements([{ size: 1n, signatures: requiredOf(keys) }]),
});

const requiredOf = (keys: readonly VerifierKey[]): RequiredSignatures =>
  keys.some(({ type }) => type === "mldsa44") ? "ed25519+mldsa44" : "ed25519";

/** What stating a log's trust takes. */
export interface TrustPorts {
  readonly published: Pick<ObjectStore, "get" | "replace">;
  readonly logKeys: (insurer: string) => Promise<readonly VerifierKey[]>;
  readonly witness: WitnessPolicy;
}

/**
 * Publishes each log's trust policy for `/.well-known/countersign/`, once it has a checkpoint to believe, and again where its keys or witnesses are
 * others by now. What one process has seen in place it does not look at again. Throws Unavailable.
 */
export function trustKeeper({ published, logKeys, witness }: TrustPorts) {
  const kept = new Set<string>();
  return async (insurer: string): Promise<void> => {
    if (kept.has(insurer)) return;
    if (!(await published.get(publishedKey(insurer, "checkpoint")))) return;
    const files = Object.entries(trustOf(await logKeys(insurer), witness));
    const stand = await Promise.all(
      files.map(([file, bytes]) => put(published, trustKey(insurer, file as TrustFile), bytes)),
    );
    if (stand.every((stands) => stands)) kept.add(insurer);
  };
}

/** Whether `bytes` stand at `key` now; another writer who came first is met at the next call. */
async function put(
  published: TrustPorts["published"],
  key: string,
  bytes: Uint8Array,
): Promise<boolean> {
  const found = await published.get(key);
  if (found && equal(found.bytes, bytes)) return true;
  return (await published.replace(key, bytes, found?.tag)) === "stored";
}
