import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { postgresPending } from "../../functions/adapters/postgres/pending.ts";
import { openPool } from "../../functions/adapters/postgres/pool.ts";
import { advanceJournal } from "../../functions/publisher/advance-journal.ts";
import { blockKey } from "../../functions/publisher/published-journal.ts";
import type { Connections } from "../../local/platform/connect.ts";
import { requireOneJournal } from "../../local/platform/journal.ts";
import { OtherHistory } from "../../local/platform/one-history.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { blockHash } from "../../shared/qldb/block.ts";
import { append, frontierRoot } from "../../shared/qldb/frontier.ts";
import { checkpointKeyOf } from "../log/signers.ts";
import { ledger, type SignedLedger, signedLedger } from "./signed-ledger.ts";

/* One ledger whose digests are signed: what the gate goes on from, what the publisher goes on from, and what a start over them demands. */
let on: SignedLedger;
let walk: SignedLedger["walk"];
let published: SignedLedger["published"];
beforeAll(async () => {
  on = await signedLedger();
  ({ walk, published } = on);
});
afterAll(() => on.close());

describe("going on from what was signed", () => {
  test("a journal that the root fits and the blocks don't is refused: its next block follows another than the tip", async () => {
    if ((await walk.journal.digest()).size % 2n === 1n) await on.grow("a tip with a sibling");
    await advanceJournal(walk);
    const held = await walk.gate.latest(ledger);
    if ("refused" in held) throw new Error(held.detail);
    const [sibling, tip] = await Promise.all(
      [held.size - 2n, held.size - 1n].map(async (at) => (await walk.journal.block(at)).block),
    );
    expect(held.frontier.at(-1)).toEqual(tip!.blockHash);
    const entriesHash = sha256(utf8("a block that never was"));
    const forged = blockHash(entriesHash, sibling!.blockHash);
    const tree = append({ size: Number(held.size), roots: held.frontier.slice(0, -1) }, forged);
    const digest = { size: held.size + 1n, root: frontierRoot(tree) };
    for (const evidence of [[entriesHash], [sibling!.blockHash], [], [forged]]) {
      expect(await walk.gate.sign(ledger, digest, evidence)).toMatchObject({
        refused: "not-an-extension",
      });
    }
    expect(await walk.gate.latest(ledger)).toEqual(held);
  });

  test("killed between state and note, the gate signs that digest next and no other of its size", async () => {
    const { size } = await on.grow("one more").then(() => walk.journal.digest());
    const down = () => Promise.reject(new Unavailable("kms", "is down"));
    const key = { ...checkpointKeyOf(on.signer), sign: down };
    await expect(advanceJournal(await on.walkOn(on.clients, { key }))).rejects.toThrow(Unavailable);
    expect(await walk.gate.latest(ledger)).toMatchObject({ size });
    expect(await on.signerState.get(`${ledger}/notes/${size}`)).toBeUndefined();
    const other = { size, root: sha256(utf8("other")) };
    expect(await walk.gate.sign(ledger, other, [])).toMatchObject({ refused: "fork" });
    expect(await advanceJournal(walk)).toMatchObject({ size });
  });

  test("a journal that grew by more than is shown at once is signed and published step by step", async () => {
    const { size } = await walk.journal.digest();
    for (const text of ["a", "b", "c", "d", "e"]) await on.grow(text);
    const stepping = await on.walkOn(on.clients, { blocksShown: 2 });
    for (const next of [2n, 4n, 5n, 5n]) {
      expect(await advanceJournal(stepping)).toMatchObject({ size: size + next });
    }
    const digest = await walk.journal.digest();
    expect(await walk.gate.latest(ledger)).toMatchObject(digest);
  });

  test("what is published is folded from what was published, not from the ledger's word for it", async () => {
    await on.grow("and on");
    const { size } = await walk.journal.digest();
    const key = blockKey(ledger, 1n);
    const block = (await published.get(key))!;
    await published.delete(key);
    expect(await advanceJournal(walk)).toMatchObject({ alarm: "root-mismatch" });
    await published.putIfAbsent(key, (await published.get(blockKey(ledger, 2n)))!.bytes);
    expect(await advanceJournal(walk)).toMatchObject({ alarm: "root-mismatch" });
    await published.delete(key);
    await published.putIfAbsent(key, block.bytes);
    expect(await advanceJournal(walk)).toMatchObject({ size });
  });
});

describe("a start over a ledger", () => {
  const services = () => {
    const { signer, origin, pool, platform, signerState: signed } = on;
    const key = checkpointKeyOf(signer);
    const qldb = {
      engine: walk.engine,
      outbox: postgresPending(pool, platform.ports.clock),
      key,
      origin,
      extension: "",
    };
    const pools = { publisher: pool };
    return { published, signed, ports: platform.ports, pools, qldb } as unknown as Connections;
  };
  const start = () => requireOneJournal(services(), [on.opened.insurer]);

  test("goes on where ledger, signer, published files and database tell one history", async () => {
    await start();
    await on.grow("not signed yet");
    await start();
    await advanceJournal(walk);
  });

  test("is refused with published blocks that are not those of the checkpoint", async () => {
    const key = blockKey(ledger, 3n);
    const block = (await published.get(key))!;
    await published.delete(key);
    await expect(start()).rejects.toThrow("published block 3 is missing or another");
    await published.putIfAbsent(key, block.bytes);
    await start();
  });

  test("is refused with a database from before records that the ledger holds", async () => {
    const owner = openPool({ url: on.platform.superuserUrl, max: 1 });
    await owner.query("DELETE FROM qldb_revisions WHERE idx = (SELECT size - 1 FROM head)");
    await owner.query("DELETE FROM entry WHERE idx = (SELECT size - 1 FROM head)");
    await owner.query("UPDATE head SET size = size - 1");
    await owner.end();
    await expect(start()).rejects.toThrow(OtherHistory);
    await expect(start()).rejects.toThrow(/older than the ledger.*Nothing was changed/);
  });
});
