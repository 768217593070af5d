import { createHash, createPublicKey, verify } from "node:crypto";

/**
 * A receipt verified as docs/spec/receipt.md says, step by step, by somebody who has that page and a standard library: nothing of shared/ is used.
 * Log keys and no witnesses. Throws at the step that fails.
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
  const { origin, size, root } = checkpointByTheSteps(receipt.slice(cut + 2), policy, require);
  // 6: inclusion
  const proof = hashLines.map((line) => base64(6, line));
  demand(6, fold(leaf, index, size, proof)?.toString("base64") === root);
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

/** Steps 3 to 5: the checkpoint in a note, once it is signed as the policy and the requirements ask. */
export function checkpointByTheSteps(note: string, policy: string, require: string) {
  // 3: the checkpoint
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
    .flatMap((line) => typeSigned(keys, origin, text, line));
  demand(5, signed.length > 0 && /^quorum none$/m.test(policy));
  const asked = [...require.matchAll(/^require (\d+) (\S+)$/gm)];
  const applies = asked.findLast(([, from]) => BigInt(from ?? 0) <= BigInt(size));
  const types = { ed25519: [1], "ed25519+mldsa44": [1, 6] }[applies?.[2] ?? ""] ?? [];
  demand(
    5,
    types.every((type) => signed.includes(type)),
  );
  return { origin, size: BigInt(size), root };
}

/** Throws where the step fails. */
export function demand(step: number, holds: boolean): asserts holds {
  if (!holds) throw new Error(`step ${step}`);
}

/** SHA-256 of all parts, one after another. */
export const sha256 = (...parts: Buffer[]): Buffer =>
  createHash("sha256").update(Buffer.concat(parts)).digest();

function base64(step: number, text: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  demand(step, bytes.toString("base64") === text);
  return bytes;
}

/** RFC 8785 for what records hold: text, safe integers, true, false, null, lists, objects. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(",")}}`;
}

const prefixOf: Record<number, string> = {
  1: "302a300506032b6570032100",
  6: "30820532300b06096086480165030403110382052100",
};

/** The type of this line if it is by one of `keys` under the origin's name; one that is and fails refuses everything. */
function typeSigned(
  keys: readonly string[],
  origin: string,
  text: string,
  line: string,
): readonly number[] {
  const [, name = "", blob = ""] = /^— (\S+) (\S+)$/.exec(line) ?? [];
  const bytes = base64(4, blob);
  for (const key of keys) {
    const [keyName, id, ...material] = key.split("+");
    if (keyName !== name || bytes.subarray(0, 4).toString("hex") !== id) continue;
    const publicKey = base64(4, material.join("+"));
    const type = publicKey[0] ?? 0;
    const der = Buffer.from(prefixOf[type] ?? "", "hex");
    demand(4, der.length > 0);
    const spki = Buffer.concat([der, publicKey.subarray(1)]);
    const signer = createPublicKey({ key: spki, format: "der", type: "spki" });
    const [message, signature] =
      type === 1
        ? [Buffer.from(text), bytes.subarray(4)]
        : [cosigned(name, text, bytes.subarray(4, 12)), bytes.subarray(12)];
    demand(4, verify(null, message, signer, signature));
    return name === origin ? [type] : [];
  }
  return [];
}

/** tlog-cosignature, ML-DSA-44 signed message, for a whole tree. */
function cosigned(name: string, text: string, time: Buffer): Buffer {
  const [origin = "", size = "", root = ""] = text.split("\n");
  const short = (word: string) =>
    Buffer.concat([Buffer.of(Buffer.byteLength(word)), Buffer.from(word)]);
  const range = Buffer.alloc(16);
  range.writeBigUInt64BE(BigInt(size), 8);
  const label = Buffer.from("subtree/v1\n\0");
  return Buffer.concat([label, short(name), time, short(origin), range, base64(4, root)]);
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
