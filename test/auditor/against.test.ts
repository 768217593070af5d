import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { leafHash } from "../../shared/log/hash.ts";
import { formatPolicy } from "../../shared/log/policy-file.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { formatReceipt } from "../../shared/proof/receipt.ts";
import { type Entry, entriesOf, origin, trustIn } from "../audit/bundle.ts";
import { honestLog } from "../audit/honest.ts";
import { ed25519Signer, signCheckpoint } from "../log/signers.ts";
import { ask, noteOver, type Sent, sent } from "./folder.ts";

const witness = ed25519Signer("witness.example", 9, "cosignature");
let leaves: Uint8Array[];
let entries: Entry[];
let here: Sent;
let receipt: string;
let policy: string;
const index = 4;
const signedAt = 6;

beforeAll(async () => {
  const honest = await honestLog();
  entries = entriesOf(honest.walk.items);
  leaves = entries.map(({ bytes }) => leafHash(bytes));
  here = sent(honest.bundle());
  const text = formatReceipt(
    { record: entries[index]?.bytes ?? new Uint8Array(), openings: [] },
    {
      index: BigInt(index),
      hashes: treeOf(leaves.slice(0, signedAt)).inclusion(BigInt(index)),
      checkpointNote: noteOver(leaves.slice(0, signedAt)),
    },
  );
  receipt = here.keep("mine.tlog-proof", text);
  const { logs } = trustIn(origin).policy;
  const witnesses = [{ name: "w", key: witness.key }];
  policy = here.keep(
    "witnessed.policy",
    formatPolicy({ logs, witnesses, groups: [], quorum: "none" }),
  );
});
afterAll(() => here.remove());

const against = (note: string, proof: string) =>
  ask(
    ...["receipt", receipt, "--policy", policy],
    ...["--against", note, "--consistency", proof, "--json"],
  );

const makeProof = async (note: string, name: string): Promise<string> => {
  const out = join(here.bundle, "..", name);
  const made = await ask("consistency", here.bundle, "--from", receipt, "--to", note, "--out", out);
  expect([made.code, made.err]).toEqual([0, ""]);
  return out;
};

describe("audit receipt --against a checkpoint that somebody else kept", () => {
  test("a later one of the same history: nothing was rewritten, and who cosigned it is said", async () => {
    const tree = treeOf(leaves);
    const checkpoint = { origin, size: tree.size, root: tree.root, extensions: [] };
    const cosigned = signCheckpoint(checkpoint, [ed25519Signer(origin, 1), witness]);
    const note = here.keep("later.note", cosigned);
    const { code, json } = await against(note, await makeProof(note, "later.proof"));
    expect(code).toBe(0);
    expect(json.against).toEqual({ size: `${leaves.length}`, witnesses: ["witness.example"] });
  });

  test.each([3, signedAt])("one of size %i, where the receipt's is 6", async (size) => {
    const note = here.keep("early.note", noteOver(leaves.slice(0, size)));
    const proof = await makeProof(note, "early.proof");
    expect(readFileSync(proof, "utf8") === "").toBe(size === signedAt);
    const { code, json } = await against(note, proof);
    expect([code, json.against]).toEqual([0, { size: `${size}`, witnesses: [] }]);
  });

  test("a rewritten history is refused, whatever proof comes with it", async () => {
    const honest = here.keep("honest.note", noteOver(leaves));
    const proof = await makeProof(honest, "honest.proof");
    const rewritten = [leaves[1], leaves[0], ...leaves.slice(2)] as Uint8Array[];
    const note = here.keep("rewritten.note", noteOver(rewritten));
    const refused = await against(note, proof);
    expect([refused.code, refused.json.refused]).toEqual([1, "not-consistent"]);
    const other = treeOf(rewritten).consistency(BigInt(signedAt));
    const own = here.keep(
      "own.proof",
      other.map((hash) => `${Buffer.from(hash).toString("base64")}\n`).join(""),
    );
    expect((await against(note, own)).json.refused).toBe("not-consistent");
  });

  test("a shrunk one of another key, a cut proof and a missing one", async () => {
    const later = here.keep("later.note", noteOver(leaves));
    const proof = await makeProof(later, "whole.proof");
    const foreign = here.keep("foreign.note", noteOver(leaves, 2));
    expect((await against(foreign, proof)).json).toMatchObject({
      refused: "unknown-log",
      detail: expect.stringMatching(/^.*foreign\.note: /),
    });
    const cut = here.keep("cut.proof", readFileSync(proof, "utf8").slice(45));
    expect((await against(later, cut)).json.refused).toBe("not-consistent");
    const torn = here.keep("torn.proof", readFileSync(proof, "utf8").slice(1));
    expect((await against(later, torn)).code).toBe(2);
    const alone = await ask("receipt", receipt, "--policy", policy, "--against", later);
    expect([alone.code, alone.err]).toEqual([2, expect.stringContaining("go together")]);
  });

  test("no proof is made from tiles that do not lead to the checkpoint, nor beyond the log", async () => {
    const out = join(here.bundle, "..", "none.proof");
    const beyond = await ask(
      ...["consistency", here.bundle, "--from", "1", "--to", "999", "--out", out],
    );
    expect([beyond.code, beyond.err]).toEqual([2, expect.stringContaining("sizes are from 1")]);
    const other = { origin: "claims.example/other", size: 2n, root: treeOf(leaves).root };
    const note = here.keep(
      "other.note",
      signCheckpoint({ ...other, extensions: [] }, [ed25519Signer(other.origin, 1)]),
    );
    const foreign = await ask(
      ...["consistency", here.bundle, "--from", "1", "--to", note, "--out", out],
    );
    expect([foreign.code, foreign.err]).toEqual([2, expect.stringContaining("other.note is of ")]);
    const tile = Buffer.from(leaves.flatMap((leaf) => [...leaf]));
    tile[0] = (tile[0] ?? 0) ^ 1;
    here.keep(`bundle/acme/public/tile/0/000.p/${leaves.length}`, tile);
    const bad = await ask("consistency", here.bundle, "--from", "1", "--to", "2", "--out", out);
    expect([bad.code, bad.err]).toEqual([2, expect.stringContaining("do not lead")]);
  });
});
