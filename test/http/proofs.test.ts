import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Context } from "aws-lambda";
import type { ApiEvent, LambdaHandler } from "../../functions/http/event.ts";
import { publicEndpoints } from "../../functions/public/endpoints.ts";
import { trustKeeper } from "../../functions/publisher/keep-trust.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { servedFile, trustKey } from "../../shared/api/log-path.ts";
import { fromBase64, fromHex, toHex, utf8 } from "../../shared/base/bytes.ts";
import { formatCheckpoint } from "../../shared/log/checkpoint.ts";
import { formatNote } from "../../shared/log/note.ts";
import { parsePolicy } from "../../shared/log/policy-file.ts";
import { parseRequirements } from "../../shared/log/require.ts";
import { fullWidth, newTiles, tilePath } from "../../shared/log/tile.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { verifyConsistency } from "../../shared/proof/consistency.ts";
import { verifyInclusion } from "../../shared/proof/inclusion.ts";
import { someLeaves } from "../log/naive.ts";
import { ed25519Signer } from "../log/signers.ts";

const insurer = "acme";
const newest = 700;
const leaves = someLeaves(newest);
const rootAt = (size: number) => treeOf(leaves.slice(0, size)).root;

let handler: LambdaHandler;
let fetched: string[];
beforeAll(async () => {
  const published = memoryStore();
  const tree = treeOf(leaves);
  const origin = "test.countersign.example/acme";
  const text = formatCheckpoint({ origin, size: tree.size, root: tree.root, extensions: [] });
  const note = formatNote({ text, signatures: [ed25519Signer(origin, 1).sign(text)] });
  await published.putIfAbsent(`${insurer}/checkpoint`, note);
  // As the publisher leaves it: partial tiles that full ones replaced are gone.
  for (const tile of newTiles(0n, tree.size)) {
    const hashes = Array.from({ length: tile.width }, (_, i) =>
      tree.subtree(8 * tile.level, tile.index * BigInt(fullWidth) + BigInt(i)),
    );
    await published.putIfAbsent(`${insurer}/${tilePath(tile)}`, Buffer.concat(hashes));
  }
  const nobody = { find: async () => undefined, insurersOf: async () => [] };
  const log = { info: () => {}, error: () => {} };
  const counted = {
    ...published,
    get: (key: string) => {
      fetched.push(key);
      return published.get(key);
    },
  };
  const indexOf = async (log: string, leaf: string) => {
    const at = leaves.findIndex((each) => toHex(each) === leaf);
    return log === insurer && at >= 0 ? BigInt(at) : undefined;
  };
  const edge = { principals: nobody, log, now: () => 0n };
  handler = publicEndpoints(edge, {
    published: counted,
    indexes: { indexOf },
    ready: async () => {},
  });
});

async function ask(proof: string, query: string, log = insurer) {
  fetched = [];
  const event = {
    routeKey: `GET /logs/{insurer}/proofs/${proof}`,
    rawPath: `/logs/${log}/proofs/${proof}`,
    headers: {},
    pathParameters: { insurer: log },
    queryStringParameters: Object.fromEntries(new URLSearchParams(query)),
    requestContext: { requestId: "r" },
    isBase64Encoded: false,
  } as unknown as ApiEvent;
  const context = { getRemainingTimeInMillis: () => 29_000 } as Context;
  const { statusCode, headers = {}, body } = await handler(event, context);
  return { status: statusCode, headers, json: JSON.parse(body ?? "") };
}

const hashesOf = ({ hashes }: { hashes: string[] }) =>
  hashes.map((hash) => fromBase64(hash, "hash"));

describe("an inclusion proof", () => {
  test("leads from each entry to the root of each size that the newest checkpoint covers", async () => {
    for (const size of [1, 2, 255, 256, 257, 511, 512, 513, 699, 700]) {
      for (const index of new Set([0, 1, 254, 255, 256, 300, size - 1])) {
        if (index >= size) continue;
        const { status, json, headers } = await ask("inclusion", `index=${index}&size=${size}`);
        expect(status).toBe(200);
        expect(headers["cache-control"]).toMatch(/immutable/);
        expect([json.index, json.size]).toEqual([String(index), String(size)]);
        const claim = {
          leafHash: fromHex(json.leafHash, "leaf"),
          index: BigInt(index),
          size: BigInt(size),
          proof: hashesOf(json),
          root: rootAt(size),
        };
        expect(json.leafHash).toBe(toHex(leaves[index] ?? new Uint8Array()));
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, index: BigInt(index + 1) })).toBe(false);
        expect(fromBase64(json.root, "root")).toEqual(rootAt(size));
        expect(fetched.length).toBeLessThan(10);
      }
    }
  });

  test("is found by leaf hash, of the newest size unless one is named, and then kept by no cache", async () => {
    const leaf = toHex(leaves[600] ?? new Uint8Array());
    const { json, headers } = await ask("inclusion", `leaf=${leaf}`);
    expect([json.index, json.size]).toEqual(["600", "700"]);
    expect(headers["cache-control"]).toBe("no-cache");
    expect((await ask("inclusion", `leaf=${leaf}&size=600`)).status).toBe(404);
    expect((await ask("inclusion", `leaf=${"0".repeat(64)}`)).status).toBe(404);
  });

  test.each([
    ["index=700&size=700", 404],
    ["index=0&size=701", 404],
    ["index=0&size=9223372036854775807", 404],
    ["index=0&size=9223372036854775808", 400],
    ["index=0&size=0", 400],
    ["index=-1&size=1", 400],
    ["index=01&size=9", 400],
    ["", 400],
    ["size=1", 400],
    [`index=0&leaf=${"0".repeat(64)}`, 400],
    ["index=0&other=1", 400],
  ])("of %j is %d", async (query, status) => {
    expect((await ask("inclusion", query)).status).toBe(status);
    expect(fetched.length).toBeLessThan(10);
  });

  test("of a log nobody has is 404", async () => {
    expect((await ask("inclusion", "index=0", "nobody")).status).toBe(404);
  });
});

describe("a consistency proof", () => {
  test("leads from each size to each later one", async () => {
    const sizes = [1, 2, 3, 255, 256, 257, 512, 699, 700];
    for (const from of sizes) {
      for (const to of sizes.filter((size) => size >= from)) {
        const { status, json } = await ask("consistency", `from=${from}&to=${to}`);
        expect(status).toBe(200);
        const [root1, root2] = [rootAt(from), rootAt(to)];
        expect([json.fromRoot, json.toRoot].map((root) => fromBase64(root, "root"))).toEqual([
          root1,
          root2,
        ]);
        const claim = {
          size1: BigInt(from),
          size2: BigInt(to),
          proof: hashesOf(json),
          root1,
          root2,
        };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, root1: rootAt(from === 1 ? 2 : 1) })).toBe(false);
      }
    }
    expect((await ask("consistency", "from=9")).json.to).toBe("700");
  });

  test.each([
    ["from=2&to=1", 400],
    ["from=0&to=1", 400],
    ["to=1", 400],
    ["from=1&to=701", 404],
    ["from=701", 404],
  ])("of %j is %d", async (query, status) => {
    expect((await ask("consistency", query)).status).toBe(status);
  });
});

describe("the files under /.well-known/countersign/", () => {
  test.each([
    "/.well-known/countersign/acme",
    "/.well-known/countersign/acme.key",
    "/.well-known/countersign/ACME.policy",
    "/.well-known/countersign/a/b.policy",
    "/.well-known/countersign/..policy",
    "/logs/acme/log.policy",
    "/logs/acme/opened",
    "/logs/acme/edges/2024-03-05/checkpoint",
    "/logs/acme/packs/x.json",
    "/logs/acme/checkpoints/0",
    "/logs/acme/tile/entries/000.p/1",
  ])("are none at %s", (path) => expect(() => servedFile(path)).toThrow());

  test("state keys and witnesses once there is a checkpoint to believe, and follow new keys", async () => {
    const published = memoryStore();
    const [first, second] = [1, 2].map((seed) => ed25519Signer(insurer, seed).key);
    let keys = [first].filter((key) => key !== undefined);
    const keeper = () =>
      trustKeeper({
        published,
        logKeys: async () => keys,
        witness: { witnesses: [], groups: [], quorum: "none" },
      });
    await keeper()(insurer);
    expect(await published.get(trustKey(insurer, "policy"))).toBeUndefined();
    await published.putIfAbsent(`${insurer}/checkpoint`, utf8("a note"));
    await keeper()(insurer);
    const stated = async () => {
      const { bytes = new Uint8Array() } = (await published.get(trustKey(insurer, "policy"))) ?? {};
      return parsePolicy(bytes).logs.map(({ key }) => key);
    };
    expect(await stated()).toEqual([first]);
    const { bytes = new Uint8Array() } = (await published.get(trustKey(insurer, "require"))) ?? {};
    expect(parseRequirements(bytes)).toEqual([{ size: 1n, signatures: "ed25519" }]);
    keys = [first, second].filter((key) => key !== undefined);
    await keeper()(insurer);
    expect(await stated()).toEqual(keys);
    expect(servedFile("/.well-known/countersign/acme.policy").key).toBe(
      trustKey(insurer, "policy"),
    );
  });
});
