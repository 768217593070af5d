import { extendTree } from "../../functions/adapters/tlog/extend-tree.ts";
import { type SignerPorts, signCheckpoint } from "../../functions/signer/core.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { treeOf } from "../../shared/log/tree.ts";
import type { CheckpointKey } from "../../shared/ports/keys.ts";
import type { LedgerDigest } from "../../shared/ports/ledger.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { checkpointKeyOf, logSigners } from "../log/signers.ts";

/* One log of twenty records before the gate, and the log that forks from it at its first record. */
export const origin = "test.countersign.example/acme";
const signers = logSigners(origin, 7);
export const logKeys = signers.map(({ key }) => key);
export const leaves = Array.from({ length: 20 }, (_, i) => leafHash(utf8(`record ${i}`)));
const tree = (size: number) => treeOf(leaves.slice(0, size));
export const at = (size: number): LedgerDigest => ({ size: BigInt(size), root: tree(size).root });
export const forked = (size: number): LedgerDigest => ({
  size: BigInt(size),
  root: treeOf([leafHash(utf8("another")), ...leaves.slice(1, size)]).root,
});
export const proof = (from: number, to: number) => tree(to).consistency(BigInt(from));

export const down = new Unavailable("test", "is down");
/** Keys that can be read but don't sign: KMS is down. */
export const brokenKeys: readonly CheckpointKey[] = signers
  .map(checkpointKeyOf)
  .map((key) => ({ ...key, sign: () => Promise.reject(down) }));

/** The gate over one store, with what it was asked to sign counted. */
export interface TestGate {
  readonly ports: SignerPorts;
  signatures(): number;
  noteOf(digest: LedgerDigest, evidence?: readonly Uint8Array[]): Promise<Uint8Array>;
  refusalOf(digest: LedgerDigest, evidence?: readonly Uint8Array[]): Promise<string>;
}

export function testGate(
  store: ObjectStore,
  keys: readonly CheckpointKey[] = signers.map(checkpointKeyOf),
): TestGate {
  let signatures = 0;
  const ports: SignerPorts = {
    store,
    keys: keys.map((key) => ({
      ...key,
      sign: (message) => {
        signatures++;
        return key.sign(message);
      },
    })),
    clock: () => 1_700_000_123_456_789n,
    originOf: (insurer) => `test.countersign.example/${insurer}`,
    extend: extendTree,
  };
  const ask = (digest: LedgerDigest, evidence: readonly Uint8Array[] = []) =>
    signCheckpoint(ports, "acme", digest, evidence);
  return {
    ports,
    signatures: () => signatures,
    async noteOf(...asked) {
      const answer = await ask(...asked);
      if ("refused" in answer) throw new Error(answer.refused);
      return answer.note;
    },
    async refusalOf(...asked) {
      const answer = await ask(...asked);
      return "refused" in answer ? answer.refused : "signed";
    },
  };
}
