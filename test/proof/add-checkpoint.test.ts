import { describe, expect, test } from "@jest/globals";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { emptyRoot, leafHash } from "../../shared/log/hash.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { formatAddCheckpoint } from "../../shared/log/witness.ts";
import {
  openRequest,
  refusalAfter,
  type WitnessRefusalCode,
} from "../../shared/proof/add-checkpoint.ts";
import { ed25519Signer, signCheckpoint } from "../log/signers.ts";

const origin = "a.example/log";
const log = ed25519Signer(origin, 1);
const stranger = ed25519Signer("b.example/log", 2);
const keysOf = (of: string) => (of === origin ? [log.key] : []);
const leaves = (count: number, kind = "leaf") =>
  Array.from({ length: count }, (_, i) => leafHash(utf8(`${kind} ${i}`)));
const headOf = (count: number, kind = "leaf") => {
  const { size, root } = treeOf(leaves(count, kind));
  return { size, root };
};
const signed = (count: number, kind = "leaf", signers = [log]) =>
  signCheckpoint({ origin, ...headOf(count, kind), extensions: [] }, signers);
const proofTo = (from: number, to: number) =>
  from === 0 ? [] : treeOf(leaves(to)).consistency(BigInt(from));

function judge(
  held: number | undefined,
  bytes: Uint8Array,
): WitnessRefusalCode | "cosign" | bigint | undefined {
  const opened = openRequest(bytes, keysOf);
  if ("refused" in opened) return opened.refused;
  const refusal = refusalAfter(held === undefined ? undefined : headOf(held), opened);
  return refusal === undefined ? "cosign" : (refusal.size ?? refusal.refused);
}

describe("a witness cosigns", () => {
  test("from every size to every later one of trees to 20, with the proof and with no other", () => {
    for (let from = 0; from <= 20; from++) {
      for (let to = Math.max(1, from); to <= 20; to++) {
        const proof = proofTo(from, to);
        const ask = (hashes: readonly Uint8Array[]) =>
          judge(
            from === 0 ? undefined : from,
            formatAddCheckpoint({ oldSize: BigInt(from), proof: hashes, note: signed(to) }),
          );
        expect(ask(proof)).toBe("cosign");
        expect(ask([...proof, new Uint8Array(32)])).toBe("not-consistent");
        if (proof.length > 0) expect(ask(proof.slice(1))).toBe("not-consistent");
      }
    }
  });

  test("the empty tree only with its root", () => {
    const of = (root: Uint8Array) =>
      formatAddCheckpoint({
        oldSize: 0n,
        proof: [],
        note: signCheckpoint({ origin, size: 0n, root, extensions: [] }, [log]),
      });
    expect(judge(undefined, of(emptyRoot))).toBe("cosign");
    expect(judge(undefined, of(new Uint8Array(32)))).toBe("not-consistent");
  });
});

describe("a witness refuses", () => {
  const ask = (oldSize: number, note: Uint8Array, proof: readonly Uint8Array[] = []) =>
    formatAddCheckpoint({ oldSize: BigInt(oldSize), proof, note });

  test("another tree at the size it cosigned, and one it can't lead to", () => {
    expect(judge(9, ask(9, signed(9)))).toBe("cosign");
    expect(judge(9, ask(9, signed(9, "forged")))).toBe("not-consistent");
    expect(judge(9, ask(9, signed(12, "forged"), proofTo(9, 12)))).toBe("not-consistent");
  });

  test("an old size that is not the one it cosigned, and says which that is", () => {
    expect(judge(9, ask(5, signed(12), proofTo(5, 12)))).toBe(9n);
    expect(judge(9, ask(0, signed(12)))).toBe(9n);
    expect(judge(9, ask(5, signed(7), proofTo(5, 7)))).toBe(9n);
    expect(judge(undefined, ask(5, signed(12), proofTo(5, 12)))).toBe(0n);
  });

  test("an old size above the checkpoint's before it looks at its state", () => {
    expect(judge(9, ask(13, signed(12)))).toBe("old-size-too-large");
  });

  test("a log it doesn't know, whoever signed", () => {
    const note = signCheckpoint({ origin: "b.example/log", ...headOf(3), extensions: [] }, [
      stranger,
      log,
    ]);
    expect(judge(undefined, ask(0, note))).toBe("unknown-log");
  });

  test("a checkpoint its log did not sign, or signed badly beside a good line", () => {
    expect(judge(undefined, ask(0, signed(3, "leaf", [stranger])))).toBe("unsigned");
    const bad = { ...log, sign: () => log.sign("other\n") };
    expect(judge(undefined, ask(0, signed(3, "leaf", [bad])))).toBe("unsigned");
    expect(judge(undefined, ask(0, signed(3, "leaf", [log, bad])))).toBe("unsigned");
  });

  test("what is no request", () => {
    expect(judge(undefined, utf8("old 0\n\n"))).toBe("malformed");
  });
});

test("lines by keys the witness doesn't know are ignored and not kept, and of a key it knows one is", () => {
  const signers = [stranger, ...Array.from({ length: 63 }, () => log)];
  const opened = openRequest(
    formatAddCheckpoint({ oldSize: 0n, proof: [], note: signed(3, "leaf", signers) }),
    keysOf,
  );
  if ("refused" in opened) throw new Error(opened.detail);
  expect(fromUtf8(opened.note)).toBe(fromUtf8(signed(3)));
});
