import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { httpWitnesses } from "../../functions/adapters/witness/http-witnesses.ts";
import { advance } from "../../functions/publisher/advance.ts";
import { witnessingOf } from "../../functions/publisher/witnessing.ts";
import { concat, equal, toBase64, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import type { Checkpoint } from "../../shared/log/checkpoint.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import { parseNote } from "../../shared/log/note.ts";
import type { Policy } from "../../shared/log/policy.ts";
import { formatPolicy } from "../../shared/log/policy-file.ts";
import {
  bundlePath,
  formatTile,
  newBundles,
  newTiles,
  type TileId,
  tilePath,
} from "../../shared/log/tile.ts";
import { consistencyFromTiles, inclusionFromTiles } from "../../shared/log/tile-reader.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { formatAddCheckpoint, safeRequestBytes } from "../../shared/log/witness.ts";
import { verifyConsistency } from "../../shared/proof/consistency.ts";
import { verifyInclusion } from "../../shared/proof/inclusion.ts";
import { verifyCheckpoint } from "../../shared/proof/verify-checkpoint.ts";
import { firstKey, largestRequest } from "../log/largest-request.ts";
import { ed25519Signer, logSigners, signCheckpoint } from "../log/signers.ts";
import { type PublishedLog, publishedLog } from "../publisher/published-log.ts";
import { wiredWitness } from "../publisher/witness-stubs.ts";
import { sampleRecords } from "../sequencer/sample-log.ts";

/* Both ways with what the transparency-dev project runs: its witness over our log, Tessera's fsck over our log, our reader over Tessera's. */
const folder = mkdtempSync(join(tmpdir(), "interop-go-"));
const program = join(folder, "interop-go");
const buildMs = 120_000;

/** Whether the Go program can be built: Go is here, and its modules are in the cache or can be fetched. */
function builds(): boolean {
  try {
    const cwd = fileURLToPath(new URL("./interop-go/", import.meta.url));
    execFileSync("go", ["build", "-o", program, "."], { cwd, stdio: "pipe", timeout: buildMs });
    return true;
  } catch {
    return false;
  }
}
const withGo = builds() ? test : test.skip;
const needs = "(needs Go and its module proxy)";

const run = (...args: string[]) => promisify(execFile)(program, args, { timeout: 60_000 });
/** A signing key as Go's note package reads it. */
const goKey = (name: string, seed: number): string => {
  const id = ed25519Signer(name, seed).key.id.toString(16).padStart(8, "0");
  const material = toBase64(concat(Uint8Array.of(1), new Uint8Array(32).fill(seed)));
  return `PRIVATE+KEY+${name}+${id}+${material}`;
};

let log: PublishedLog;
const stops: (() => unknown)[] = [];
beforeAll(async () => {
  log = await publishedLog("acme", "other");
});
afterAll(async () => {
  for (const stop of stops) await stop();
  await log.close();
  rmSync(folder, { recursive: true });
});

const ed25519Of = async (insurer: string): Promise<string> => {
  const key = (await log.ports.logKeys(insurer)).find(({ type }) => type === "ed25519");
  if (key === undefined) throw new Error("every log has an Ed25519 key");
  return formatVerifierKey(key);
};
const shown = async (path: string): Promise<Uint8Array> =>
  (await log.published.get(path))?.bytes ?? utf8("");

/** The stock witness as a process of its own, and the URL it says. */
async function stockWitness(skey: string, ...vkeys: string[]): Promise<string> {
  const child: ChildProcess = spawn(program, ["witness", skey, ...vkeys], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise((done) => child.once("exit", done));
  stops.push(() => {
    child.kill("SIGKILL");
    return ended;
  });
  if (child.stdout === null) throw new Error("its output is a pipe");
  for await (const line of createInterface(child.stdout)) return line;
  throw new Error("the witness ended before it listened");
}

describe("a stock witness", () => {
  withGo(`cosigns our log as it grows, and refuses a fork ${needs}`, async () => {
    const [ed25519, mldsa] = logSigners("fork.example/log", 7);
    const { key } = ed25519Signer("stock.example/w", 9, "cosignature");
    const vkeys = [await ed25519Of("acme"), formatVerifierKey(ed25519.key)];
    const url = await stockWitness(goKey("stock.example/w", 9), ...vkeys);
    const line = { name: "stock", key, url };
    const wanted = { witnesses: [line], groups: [], quorum: "stock" };
    const witnesses = httpWitnesses(wanted, 10_000);
    const ports = { ...log.ports, witnessing: witnessingOf(witnesses, log.signed) };
    const logs = (await log.ports.logKeys("acme")).map((each) => ({ key: each }));
    const policy: Policy = { logs, ...wanted };
    for (const [from, size] of [
      [0, 3],
      [3, 300],
    ] as const) {
      await log.submit(sampleRecords(size - from, from, "acme"), "acme");
      expect(await advance(ports, "acme")).toMatchObject({ size: BigInt(size) });
      const note = await shown("acme/checkpoint");
      expect(verifyCheckpoint(note, policy)).toMatchObject({ size: BigInt(size) });
      const { text, signatures } = parseNote(note);
      expect(signatures.map(({ name }) => name)).toContain("stock.example/w");
      expect(text.split("\n")[1]).toBe(String(size));
    }

    const head = (size: bigint, word: string) => ({
      origin: "fork.example/log",
      size,
      root: leafHash(utf8(word)),
      extensions: [],
    });
    const ask = (oldSize: bigint, checkpoint: Checkpoint) => {
      const note = signCheckpoint(checkpoint, [ed25519, mldsa]);
      const proof = oldSize === 0n || oldSize === checkpoint.size ? [] : [leafHash(utf8("x"))];
      return witnesses.ask(line, formatAddCheckpoint({ oldSize, proof, note }));
    };
    expect(await ask(0n, head(3n, "one tree"))).toHaveProperty("lines");
    expect(await ask(3n, head(3n, "another"))).toEqual({ status: 422 });
    expect(await ask(3n, head(4n, "another"))).toEqual({ status: 422 });
    expect(await ask(0n, head(3n, "another"))).toEqual({ size: 3n });
  });

  withGo(
    `reads the longest request we can make, and no longer one than we say ${needs}`,
    async () => {
      const url = await stockWitness(goKey("stock.example/w", 9), formatVerifierKey(firstKey));
      const post = async (pairs: number): Promise<number> => {
        const sent = { method: "POST", body: Uint8Array.from(largestRequest(pairs)) };
        return (await fetch(`${url}/add-checkpoint`, sent)).status;
      };
      // The first it hears of the log it cosigns; the same size from another one is a conflict; what it cuts off is a bad request.
      expect([await post(2), await post(3), await post(4)]).toEqual([200, 409, 400]);
      expect(largestRequest(3).length).toBeLessThanOrEqual(safeRequestBytes);
      expect(largestRequest(4).length).toBeGreaterThan(safeRequestBytes);
    },
  );
});

/** Our published log over loopback HTTP; the answers of `altered` are its own. */
async function served(altered: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const server: Server = createServer(async ({ url = "/" }, response) => {
    const bytes = altered.get(url.slice(1)) ?? (await log.published.get(url.slice(1)))?.bytes;
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  stops.push(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
  new Uint8Array(bytes).with(at, (bytes[at] ?? 0) ^ 1);

describe("Tessera's fsck", () => {
  withGo(`passes our published log, and not with one byte flipped ${needs}`, async () => {
    await log.submit(sampleRecords(300, 0, "other"), "other");
    await log.submit(sampleRecords(300, 300, "other"), "other");
    expect(await advance(log.ports, "other")).toMatchObject({ size: 600n });
    const vkey = await ed25519Of("other");
    const fsck = async (...altered: [string, Uint8Array][]) =>
      run("fsck", `${await served(new Map(altered))}/other/`, vkey);
    expect(await fsck()).toMatchObject({ stdout: "ok\n" });
    for (const path of ["other/tile/entries/001", "other/tile/0/000", "other/tile/1/000.p/2"]) {
      const altered = flipped(await shown(path), 40);
      await expect(fsck([path, altered])).rejects.toMatchObject({ code: 1 });
    }
  });
});

type Read = (path: string) => Uint8Array;

/** Throws Malformed unless every bundle and tile of the log at `head` is what its entries hash to. */
function rehash({ size, root }: Checkpoint, read: Read): Uint8Array[] {
  const leaves = newBundles(0n, size).flatMap((id) =>
    parseBundle(read(bundlePath(id)), id.width).map(leafHash),
  );
  if (!equal(treeOf(leaves).root, root)) throw new Malformed("bundles", "have another root");
  for (const id of newTiles(0n, size)) {
    const span = 256 ** id.level;
    const hashes = Array.from({ length: id.width }, (_, i) => {
      const at = (Number(id.index) * 256 + i) * span;
      return treeOf(leaves.slice(at, at + span)).root;
    });
    const path = tilePath(id);
    if (!equal(read(path), formatTile(hashes))) throw new Malformed(path, "has other hashes");
  }
  return leaves;
}

/** Runs Tessera's POSIX log for 300 entries more, cosigned by a witness of ours; the note it shows. */
async function tessera(home: string, policy: Policy): Promise<Uint8Array> {
  const file = join(folder, "policy");
  writeFileSync(file, formatPolicy(policy));
  await run("log", home, goKey("tessera.example/log", 11), file, "300");
  return new Uint8Array(readFileSync(join(home, "checkpoint")));
}

function believed(note: Uint8Array, policy: Policy): Checkpoint {
  const checkpoint = verifyCheckpoint(note, policy);
  if ("refused" in checkpoint) throw new Malformed("checkpoint", checkpoint.refused);
  return checkpoint;
}

describe("a log that Tessera writes under a witness of ours", () => {
  withGo(`verifies whole, and not with one byte flipped ${needs}`, async () => {
    const [home, kept] = [join(folder, "tessera"), join(folder, "witness")];
    for (const each of [home, kept]) mkdirSync(each);
    const { key } = ed25519Signer("tessera.example/log", 11);
    const witness = await wiredWitness(kept, "ours", () => [key]);
    stops.push(witness.stop);
    const policy = { logs: [{ key }], witnesses: [witness.line], groups: [], quorum: "ours" };
    const first = believed(await tessera(home, policy), policy);
    const note = await tessera(home, policy);
    const head = believed(note, policy);
    expect([first.size, head.size]).toEqual([300n, 600n]);

    const read: Read = (path) => new Uint8Array(readFileSync(join(home, path)));
    const tile = (id: TileId) => read(tilePath(id));
    for (const [at, leaf] of rehash(head, read).entries()) {
      if (at % 37 !== 0) continue;
      const index = BigInt(at);
      const shownLeaf = await inclusionFromTiles(head, index, tile);
      expect(shownLeaf.leafHash).toEqual(leaf);
      expect(verifyInclusion({ ...head, ...shownLeaf, index })).toBe(true);
    }
    const { root1, proof } = await consistencyFromTiles(first.size, head, tile);
    expect(root1).toEqual(first.root);
    const claim = { size1: first.size, size2: head.size, proof, root1, root2: head.root };
    expect(verifyConsistency(claim)).toBe(true);

    for (const wrong of ["tile/entries/001", "tile/0/000", "tile/1/000.p/2"]) {
      const bad: Read = (path) => (path === wrong ? flipped(read(path), 40) : read(path));
      expect(() => rehash(head, bad)).toThrow(Malformed);
    }
    expect(verifyCheckpoint(flipped(note, 30), policy)).toHaveProperty("refused");
  });
});
