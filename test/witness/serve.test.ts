import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Listening } from "../../local/gateway/listen.ts";
import { faultyStore } from "../../local/objects/faulty.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { witnessKey } from "../../local/witness/key.ts";
import { serveWitness } from "../../local/witness/serve.ts";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import { parseVerifierKey } from "../../shared/log/key.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { log, noteOf, origin, post, requestOf, statedTime } from "./asking.ts";

const folder = mkdtempSync(join(tmpdir(), "witness-"));
const cosigner = witnessKey(folder, "w.example/one");
const stateOf = `logs/${toHex(sha256(utf8(origin)))}`;
let state: ObjectStore;
let seconds: bigint;
let server: Listening;
let complaints: string[];

async function serve(store: ObjectStore = state): Promise<Listening> {
  const keysOf = (of: string) => (of === origin ? [log.key] : []);
  const ports = { state: store, cosigner, keysOf, now: () => seconds };
  return serveWitness(ports, 0, (line) => complaints.push(line));
}

beforeEach(async () => {
  state = memoryStore();
  seconds = 1_800_000_000n;
  complaints = [];
  server = await serve();
});
afterEach(() => server.stop(0));
afterAll(() => rmSync(folder, { recursive: true }));

const ask = (from: number, to: number, kind?: string) =>
  post(server.url, requestOf(from, to, kind));

describe("add-checkpoint over HTTP", () => {
  test("cosigns a growing log, each time with the time it was asked", async () => {
    for (const [from, to] of [
      [0, 3],
      [3, 3],
      [3, 300],
    ] as const) {
      const { status, text } = await ask(from, to);
      expect(status).toBe(200);
      expect(statedTime(text, noteOf(to), cosigner.key)).toBe(seconds);
      seconds += 7n;
    }
  });

  test("answers what it does not cosign with the status of the specification, and changes nothing", async () => {
    await ask(0, 9);
    const before = await state.get(stateOf);
    const conflict = { status: 409, type: "text/x.tlog.size", text: "9\n" };
    expect(await ask(0, 12)).toEqual(conflict);
    expect(await ask(5, 12)).toEqual(conflict);
    expect(await ask(5, 7)).toEqual(conflict);
    expect((await ask(12, 9)).status).toBe(400);
    expect((await ask(9, 9, "forged")).status).toBe(422);
    expect((await ask(9, 12, "forged")).status).toBe(422);
    expect((await post(server.url, utf8("old 9\n"))).status).toBe(400);
    expect((await post(server.url, new Uint8Array(70_000))).status).toBe(400);
    expect(await state.get(stateOf)).toEqual(before);
    expect(complaints).toEqual([]);
  });

  test("says 404 for a log it doesn't know and 403 for a checkpoint its log did not sign", async () => {
    const asked = (from: string, to: string) =>
      post(server.url, utf8(Buffer.from(requestOf(0, 3)).toString().replace(from, to)));
    expect((await asked("\na.example/log\n", "\nb.example/log\n")).status).toBe(404);
    expect((await asked("— a.example/log", "— b.example/log")).status).toBe(403);
    expect((await asked("\n3\n", "\n4\n")).status).toBe(403);
  });

  test("is a POST, and there is nothing else", async () => {
    const get = async (path: string) => (await fetch(`${server.url}${path}`)).status;
    expect(await get("/add-checkpoint")).toBe(405);
    expect(await get("/")).toBe(404);
    expect(await get("/add-checkpoint/")).toBe(404);
    const gone = new Promise<void>((resolve) => {
      const half = httpRequest(`${server.url}/add-checkpoint`, { method: "POST" });
      half.on("error", () => undefined).once("close", () => resolve());
      half.write("old 0\n");
      setTimeout(() => half.destroy(), 20);
    });
    await gone;
    expect((await ask(0, 3)).status).toBe(200);
    expect(complaints).toEqual([]);
  });

  test("of many requests at once for different trees cosigns exactly one", async () => {
    await ask(0, 5);
    const kinds = Array.from({ length: 12 }, (_, i) => ask(5, 6 + (i % 4)));
    const answers = await Promise.all([...kinds, ask(0, 9, "forged"), ask(5, 9, "forged")]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.slice(12).map(({ status }) => status)).not.toContain(200);
  });
});

describe("its state", () => {
  test("is durable before it answers: what fails to be written is not cosigned", async () => {
    const failing = await serve(faultyStore(state, "s", { lost: 1, kept: 0 }));
    expect((await post(failing.url, requestOf(0, 3))).status).toBe(503);
    await failing.stop(0);
    expect(await state.get(stateOf)).toBeUndefined();
  });

  test("written though reported lost is what it holds to: the retry gets the same tree, no other does", async () => {
    const flaky: ObjectStore = {
      ...state,
      replace: (...write) => faultyStore(state, "s", { lost: 0, kept: 1 }).replace(...write),
    };
    const failing = await serve(flaky);
    expect((await post(failing.url, requestOf(0, 3))).status).toBe(503);
    await failing.stop(0);
    expect((await ask(0, 3)).text).toBe("3\n");
    expect((await ask(3, 3, "forged")).status).toBe(422);
    expect((await ask(3, 3)).status).toBe(200);
  });

  test("that its own key did not sign is damaged, never empty: nothing is cosigned", async () => {
    for (const bytes of [noteOf(2), utf8("junk"), new Uint8Array(0)]) {
      await state.delete(stateOf);
      await state.putIfAbsent(stateOf, bytes);
      expect((await ask(0, 3)).status).toBe(500);
      expect((await state.get(stateOf))?.bytes).toEqual(bytes);
    }
    expect(complaints).toHaveLength(3);
  });

  test("is not contradicted by a clock that went back", async () => {
    await ask(0, 3);
    seconds -= 1n;
    expect((await ask(3, 4)).status).toBe(503);
    seconds += 1n;
    expect((await ask(3, 4)).status).toBe(200);
  });
});

describe("the monitor's view", () => {
  const monitored = (of: string) =>
    fetch(`${server.url}/${toHex(sha256(utf8(of)))}/checkpoint`).then(async (response) => ({
      status: response.status,
      bytes: new Uint8Array(await response.arrayBuffer()),
    }));

  test("is the last checkpoint cosigned, with the log's line and its own; 404 before", async () => {
    expect((await monitored(origin)).status).toBe(404);
    await ask(0, 3);
    await ask(3, 8);
    const { status, bytes } = await monitored(origin);
    expect(status).toBe(200);
    const opened = openCheckpoint(bytes, [log.key, cosigner.key]);
    expect(opened).toMatchObject({
      checkpoint: { origin, size: 8n },
      signatures: [{ key: log.key }, { key: cosigner.key, timeSeconds: seconds }],
      others: [],
    });
    expect((await monitored("b.example/log")).status).toBe(404);
  });
});

describe("its key", () => {
  test("is made once, 0600, keeps its name, and is never made anew where it is damaged", () => {
    const path = join(folder, "witness-key.json");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(witnessKey(folder, undefined).key).toEqual(cosigner.key);
    expect(() => witnessKey(folder, "w.example/two")).toThrow(Malformed);
    const whole = readFileSync(path);
    for (const bytes of [whole.subarray(0, 40), Buffer.from("{}"), Buffer.alloc(0)]) {
      writeFileSync(path, bytes);
      expect(() => witnessKey(folder, undefined)).toThrow(Malformed);
    }
    writeFileSync(path, whole);
  });

  test("has a name of its own where none was given, that a policy can carry", () => {
    const other = mkdtempSync(join(tmpdir(), "witness-"));
    const { name } = witnessKey(other, undefined).key;
    expect(name).toMatch(/^witness\.example\/[0-9a-f]{8}$/);
    expect(witnessKey(other, undefined).key.name).toBe(name);
    rmSync(other, { recursive: true });
    expect(() => parseVerifierKey(name)).toThrow(Malformed);
  });
});
