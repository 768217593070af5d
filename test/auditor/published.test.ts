import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Finding } from "../../shared/audit/finding.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { formatPolicy } from "../../shared/log/policy-file.ts";
import { entriesOf, type Files, origin, trustIn } from "../audit/bundle.ts";
import { type Honest, honestLog } from "../audit/honest.ts";
import { ed25519Signer, signCheckpoint } from "../log/signers.ts";
import { ask, noteOver, type Sent, sent } from "./folder.ts";

/* A published log on this machine, entries for whoever has the token, as a gateway shows it. */
let honest: Honest;
let files: Files;
let here: Sent;
let server: Server;
let url: string;
let tokenFile: string;
const asked: string[] = [];
const longest = 8192 * 4;

beforeAll(async () => {
  honest = await honestLog();
  files = honest.bundle();
  here = sent(files);
  tokenFile = here.keep("token", "secret\n");
  server = createServer((request, response) => {
    const path = (request.url ?? "").replace("/logs/acme/", "public/");
    asked.push(path);
    const secret = path.startsWith("public/tile/entries/");
    const may = !secret || request.headers.authorization === "Bearer secret";
    const leaked = !secret && request.headers.authorization !== undefined;
    const bytes = files.get(path);
    response.writeHead(leaked ? 400 : may ? (bytes ? 200 : 404) : 401);
    response.end(may ? bytes : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/logs/acme`;
});
afterAll(async () => {
  here.remove();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const verify = (...more: string[]) =>
  ask("verify", url, "--policy", here.policy, "--json", ...more);
const never = ["openings", "packs"];
const hashesOnly = ["earlier-notes", "entries", "keys-in-force", ...never];
const withFile = async (name: string, bytes: Uint8Array, run: () => Promise<void>) => {
  const before = files.get(name) as Uint8Array;
  files.set(name, bytes);
  await run();
  files.set(name, before);
};

test("the published part holds: hashes for anyone, entries for an auditor, and each file is fetched once", async () => {
  const anyone = await verify();
  expect([anyone.code, anyone.err, anyone.json.findings]).toEqual([0, "", []]);
  expect(anyone.json).toMatchObject({ anchored: true, entries: 0 });
  expect(anyone.json.unchecked).toEqual(hashesOnly);
  asked.length = 0;
  const auditor = await verify("--token-file", tokenFile);
  expect(asked.toSorted()).toEqual([...new Set(asked)].sort());
  expect([auditor.code, auditor.json.findings]).toEqual([0, []]);
  const { decisions } = auditor.json;
  expect(auditor.json).toMatchObject({ entries: honest.walk.items.length, withheld: decisions });
  expect(auditor.json.unchecked).toEqual(["earlier-notes", ...never]);
  const { out } = await ask("verify", url, "--policy", here.policy);
  expect(out).toMatch(/^NOT CHECKED: checkpoints before the newest \(.*\); entries .*; .*\.$/m);
  expect(out).toMatch(new RegExp(`✓ hashes of ${honest.walk.items.length} entries verified\n$`));
  expect(out).not.toContain("decisions 0");
});

test("a newest note signed by a key that is not in force is found where entries may be read", async () => {
  const leaves = entriesOf(honest.walk.items).map(({ bytes }) => leafHash(bytes));
  const { policy } = trustIn(origin);
  const logs = [...policy.logs, { key: ed25519Signer(origin, 2).key }];
  const both = here.keep("both.policy", formatPolicy({ ...policy, logs }));
  await withFile("public/checkpoint", noteOver(leaves, 2), async () => {
    const asked = ["verify", url, "--policy", both, "--json"] as const;
    const anyone = await ask(...asked);
    expect([anyone.code, anyone.json.unchecked]).toEqual([0, hashesOnly]);
    const { json } = await ask(...asked, "--token-file", tokenFile);
    const codes = (json.findings as Finding[]).map(({ code }) => code);
    expect(codes.sort()).toEqual(["genesis-differs", "note-unbelieved"]);
  });
});

test("a changed tile, a changed entry, another key and a history other than the auditor's note are found", async () => {
  const size = honest.walk.items.length;
  const flip = (name: string): Uint8Array => {
    const bytes = Uint8Array.from(files.get(name) as Uint8Array);
    bytes[70] = (bytes[70] ?? 0) ^ 1;
    return bytes;
  };
  const tile = `public/tile/0/000.p/${size}`;
  await withFile(tile, flip(tile), async () => expect((await verify()).code).toBe(1));
  await withFile(honest.entries, flip(honest.entries), async () => {
    expect((await verify()).code).toBe(0);
    expect((await verify("--token-file", tokenFile)).code).toBe(1);
  });
  const leaves = entriesOf(honest.walk.items).map(({ bytes }) => leafHash(bytes));
  await withFile("public/checkpoint", noteOver(leaves, 2), async () =>
    expect((await verify()).code).toBe(1),
  );
  const kept = here.keep("kept.note", noteOver(leaves.slice(0, 9)));
  expect((await verify("--from", kept)).code).toBe(0);
  const other = here.keep("other.note", noteOver(leaves.slice(0, 9).reverse()));
  expect((await verify("--from", other)).json.findings).toMatchObject([{ code: "prefix-differs" }]);
});

test.each([
  [2n ** 62n, /claims over 67108864 entries/],
  [2n ** 26n, /has no tile\/(0|entries)\/000/],
])(
  "a checkpoint that claims %d entries is read as far as there are files, and only as far as anybody could",
  async (size, told) => {
    const checkpoint = { origin, size, root: new Uint8Array(32), extensions: [] };
    const note = signCheckpoint(checkpoint, [ed25519Signer(origin, 1)]);
    await withFile("public/checkpoint", note, async () => {
      for (const token of [[], ["--token-file", tokenFile]]) {
        const { code, err } = await verify(...token);
        expect([code, err]).toEqual([2, expect.stringMatching(told)]);
      }
    });
  },
);

test("what can't be had is said, and no answer is read beyond what it can be", async () => {
  const wrong = await verify("--token-file", here.keep("wrong", "guess"));
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("answered 401")]);
  const tile = `public/tile/0/000.p/${honest.walk.items.length}`;
  await withFile(tile, new Uint8Array(longest), async () => {
    const { code, err } = await verify();
    expect([code, err]).toEqual([2, expect.stringContaining("longer than 8192")]);
  });
  expect((await ask("verify", url)).code).toBe(2);
  const far = await ask("verify", "http://claims.example/logs/acme", "--policy", here.policy);
  expect([far.code, far.err]).toEqual([2, expect.stringContaining("use https")]);
});
