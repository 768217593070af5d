import { createHash, createPublicKey, verify } from "node:crypto";

/**
 * A receipt verified as docs/spec/receipt.md says, step by step, by somebody who has that page and a standard library: nothing of shared/ is used.
 * Ed25519 log keys and no witnesses, which is what policies are today. Throws at the step that fails.
 */
export function verifyByTheSteps(receipt: string, policy: string, require: string) {
  // 1: the file
  const cut = receipt.indexOf("\n\n");
  const [first, extraLine = "", indexLine = "", ...hashLines] = receipt.slice(0, cut).split("\n");
  demand(1, first === "c2sp.org/tlog-proof@v1");
  const extraText = base64(1, extraLine.replace(/^extra /, "")).toString("utf8");
  const extra = JSON.parse(extraText);
  demand(1, canonical(extra) === extraText);
  const index = BigInt(indexLine.replace(/^index /, ""));
  // 2: the leaf
  const leaf = sha256(Buffer.of(0), Buffer.from(extra.record));
  // 3: the checkpoint
  const note = receipt.slice(cut + 2);
  const end = note.lastIndexOf("\n\n") + 1;
  const text = note.slice(0, end);
  const [origin = "", size = "", root = ""] = text.split("\n");
  // 4 and 5: who signed it
  const keys = policy
    .split("\n")
    .flatMap((line) => (line.startsWith("log ") ? [line.slice(4)] : []));
  const signed = note
    .slice(end + 1)
    .split("\n")
    .filter((line) => line !== "")
    .some((line) => signedBy(keys, origin, text, line));
  demand(5, signed && /^quorum none$/m.test(policy));
  const asked = [...require.matchAll(/^require (\d+) (\S+)$/gm)];
  const applies = asked.findLast(([, from]) => BigInt(from ?? 0) <= BigInt(size));
  demand(5, (applies?.[2] ?? "ed25519") === "ed25519");
  // 6: inclusion
  const proof = hashLines.map((line) => base64(6, line));
  demand(6, fold(leaf, index, BigInt(size), proof)?.toString("base64") === root);
  // 7: the record and what is shown of it
  const record = JSON.parse(extra.record);
  demand(7, canonical(record) === extra.record && record.origin === origin);
  for (const [at, salt, path, value, hashes] of extra.openings) {
    const opened = sha256(Buffer.of(0), Buffer.from(canonical([salt, path, value])));
    const siblings = hashes.map((hash: string) => Buffer.from(hash, "hex"));
    const found = fold(opened, BigInt(at), BigInt(record.sealed.size), siblings);
    demand(7, found?.toString("hex") === record.sealed.root);
  }
  const shown = extra.openings.map(([, , path, value]: [0, 0, string, unknown]) => [path, value]);
  return { leafHash: leaf.toString("hex"), index, shown: Object.fromEntries(shown) };
}

function demand(step: number, holds: boolean): asserts holds {
  if (!holds) throw new Error(`step ${step}`);
}

const sha256 = (...parts: Buffer[]): Buffer =>
  createHash("sha256").update(Buffer.concat(parts)).digest();

function base64(step: number, text: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  demand(step, bytes.toString("base64") === text);
  return bytes;
}

/** RFC 8785 for what records hold: text, safe integers, true, false, null, lists, objects. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(",")}}`;
}

/** Whether this line is by one of `keys` under the origin's name; one that is and fails refuses everything. */
function signedBy(keys: readonly string[], origin: string, text: string, line: string): boolean {
  const [, name = "", blob = ""] = /^— (\S+) (\S+)$/.exec(line) ?? [];
  const bytes = base64(4, blob);
  for (const key of keys) {
    const [keyName, id, ...material] = key.split("+");
    if (keyName !== name || bytes.subarray(0, 4).toString("hex") !== id) continue;
    const publicKey = base64(4, material.join("+"));
    demand(4, publicKey[0] === 1);
    const spki = Buffer.concat([
      Buffer.from("302a300506032b6570032100", "hex"),
      publicKey.subarray(1),
    ]);
    const ed25519 = createPublicKey({ key: spki, format: "der", type: "spki" });
    demand(4, verify(null, Buffer.from(text), ed25519, bytes.subarray(4)));
    return name === origin;
  }
  return false;
}

/** RFC 9162 §2.1.3.2. */
function fold(leaf: Buffer, index: bigint, size: bigint, proof: readonly Buffer[]) {
  if (index >= size) return undefined;
  let [fn, sn, root] = [index, size - 1n, leaf];
  for (const hash of proof) {
    if (sn === 0n) return undefined;
    const left = fn % 2n === 1n || fn === sn;
    root = left ? sha256(Buffer.of(1), hash, root) : sha256(Buffer.of(1), root, hash);
    while (left && fn % 2n === 0n && fn !== 0n) [fn, sn] = [fn / 2n, sn / 2n];
    [fn, sn] = [fn / 2n, sn / 2n];
  }
  return sn === 0n ? root : undefined;
}
