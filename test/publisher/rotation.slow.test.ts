import { KMSClient } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { committedEntries } from "../../functions/adapters/postgres/publishing.ts";
import { tlogEngine } from "../../functions/adapters/tlog/engine.ts";
import { call } from "../../functions/operator/call.ts";
import { keysInForce, publishLogKeys } from "../../functions/operator/keys.ts";
import { advance } from "../../functions/publisher/advance.ts";
import type { LogPorts } from "../../functions/publisher/ports.ts";
import { initSigner, signingGate } from "../../functions/signer/core.ts";
import { logKeysOf } from "../../functions/signer/sign-note.ts";
import { type KmsStub, startKmsStub } from "../../local/kms/stub.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { verifyLog } from "../../shared/audit/verify-log.ts";
import { dayOf } from "../../shared/base/day.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { formatVerifierKey, type VerifierKey } from "../../shared/log/key.ts";
import { parseNote } from "../../shared/log/note.ts";
import { keyDigest } from "../../shared/policy/insurer.ts";
import type { CheckpointKey } from "../../shared/ports/keys.ts";
import { verifyCheckpoint } from "../../shared/proof/verify-checkpoint.ts";
import { type Files, sourceOf } from "../audit/bundle.ts";
import { dataKeyFolder } from "../command/key-folder.ts";
import { createCheckpointKeys } from "../command/kms-keys.ts";
import { machine, openInsurer, startPlatform, type TestPlatform } from "../command/platform.ts";

/* A pair of KMS keys replaced while a log goes on: real PostgreSQL, the KMS stub through the SDK, the operator's act, gate and publisher. */
let platform: TestPlatform;
let stub: KmsStub;
let client: KMSClient;
let pools: Pool[] = [];
const folder = dataKeyFolder();
const signed = memoryStore();
let logOf: (keys: readonly CheckpointKey[]) => LogPorts;
const pairs: (readonly CheckpointKey[])[] = [];

beforeAll(async () => {
  platform = await startPlatform();
  stub = await startKmsStub({ folder: folder.folder });
  client = new KMSClient(localClientConfig(stub.endpoint));
  for (let n = 0; n < 3; n++) pairs.push(await createCheckpointKeys(client));
  const { ports, published } = platform;
  const { clock, originOf } = ports;
  pools = (["sequencer", "publisher"] as const).map((role) =>
    openPool({ url: platform.url(role), max: 2 }),
  );
  const [sequencer, publisher] = pools as [Pool, Pool];
  const engine = tlogEngine({ pool: sequencer, clock });
  await initSigner(signed, "acme");
  logOf = (keys) => ({
    engine,
    gate: signingGate({ store: signed, keys, extend: engine.extend, originOf, clock }),
    committed: committedEntries(publisher),
    published,
    live: published,
    sealed: memoryStore(),
    today: () => dayOf(clock()),
    logKeys: (insurer) => logKeysOf(keys, originOf(insurer)),
  });
});
afterAll(async () => {
  client.destroy();
  await stub.stop();
  for (const pool of pools) await pool.end();
  await platform.close();
  folder.remove();
});

const keysOf = (keys: readonly CheckpointKey[]) => logKeysOf(keys, platform.ports.originOf("acme"));
const requirements = [{ size: 1n, signatures: "ed25519+mldsa44" }] as const;
const trustIn = (keys: readonly VerifierKey[]) => ({
  policy: { logs: keys.map((key) => ({ key })), witnesses: [], groups: [], quorum: "none" },
  requirements,
});
const verdict = (note: Uint8Array, keys: readonly VerifierKey[]): string => {
  const { policy } = trustIn(keys);
  const found = verifyCheckpoint(note, policy, requirements);
  return "refused" in found ? found.refused : "verified";
};
async function noteUnder(keys: readonly CheckpointKey[]): Promise<Uint8Array> {
  const step = await advance(logOf(keys), "acme");
  if ("alarm" in step) throw new Error(`${step.alarm}: ${step.detail}`);
  return (await platform.published.get("acme/checkpoint"))?.bytes ?? new Uint8Array();
}
async function publish(keys: readonly CheckpointKey[]): Promise<string> {
  const done = await publishLogKeys(platform.ports, "acme", await keysOf(keys), machine());
  return isRefusal(done) ? done.refused : "recorded";
}
/** The same by the call that an operator of a deployment makes, whose signing keys are `keys`. */
async function called(keys: readonly CheckpointKey[], pairs: "all" | "newest"): Promise<string> {
  const nudged: string[] = [];
  const ports = {
    ...platform.ports,
    logKeys: (insurer: string) => logKeysOf(keys, platform.ports.originOf(insurer)),
    nudge: async (insurer: string) => void nudged.push(insurer),
    published: platform.published,
    enrol: async () => {
      throw new Error("nobody is enrolled");
    },
    dismiss: async () => false,
  };
  const wrong = { publishKeys: { insurer: "acme", pairs, keys: ["one"] } };
  await expect(call(ports, wrong)).rejects.toThrow(Malformed);
  const done = await call(ports, { publishKeys: { insurer: "acme", pairs } });
  if (isRefusal(done)) return done.refused;
  if (!("recorded" in done)) throw new Error("nothing was recorded");
  expect([nudged, done.recorded]).toEqual([["acme"], expect.stringMatching(/^[0-9a-f]{64}$/)]);
  return "recorded";
}
async function findingsBy(keys: readonly VerifierKey[]): Promise<string[]> {
  const files: Files = new Map();
  const shown = await platform.published.get("acme/checkpoint");
  const newest = parseNote(shown?.bytes ?? new Uint8Array()).text.split("\n")[1];
  for await (const key of platform.published.list("acme/")) {
    // A bundle holds the newest partial tiles only, and nothing but what is published of the log.
    const older = /\.p\/(\d+)$/.exec(key)?.[1];
    if (older !== undefined && older !== newest) continue;
    if (!/^acme\/(checkpoints?|tile|packs)(\/|$)/.test(key)) continue;
    const found = await platform.published.get(key);
    if (found) files.set(key.replace(/^acme/, "public"), found.bytes);
  }
  const source = { ...sourceOf(files), publicOnly: true };
  const origin = platform.ports.originOf("acme");
  const { findings } = await verifyLog(source, origin, trustIn(keys), () => undefined);
  return [...new Set(findings.map(({ code }) => code))];
}

test("a pair is replaced with an overlap, and whoever holds the keys of the time goes on verifying", async () => {
  const [old = [], next = [], stray = []] = pairs;
  const both = [...old, ...next];
  const [oldKeys, nextKeys] = [await keysOf(old), await keysOf(next)];
  const allKeys = [...oldKeys, ...nextKeys];
  await openInsurer(platform.ports, { keys: oldKeys.map(formatVerifierKey) });

  const first = await noteUnder(old);
  expect(await publish(next)).toBe("wrong-state");
  expect(await publish(old)).toBe("duplicate");
  // A gate that drops the old pair too early is found before anything is shown.
  await expect(noteUnder(next)).rejects.toThrow("foreign-checkpoint");

  expect(await called(both, "all")).toBe("recorded");
  const second = await noteUnder(both);
  expect(await called(both, "newest")).toBe("recorded");
  const third = await noteUnder(next);
  expect(await noteUnder(next)).toEqual(third);
  expect(await keysInForce(platform.ports, "acme")).toEqual(
    nextKeys.map((key) => keyDigest(formatVerifierKey(key))),
  );

  const notes = [first, second, third];
  expect(notes.map((note) => parseNote(note).signatures.length)).toEqual([2, 4, 2]);
  const told = (keys: readonly VerifierKey[]) => notes.map((note) => verdict(note, keys));
  expect(told(oldKeys)).toEqual(["verified", "verified", "unknown-log"]);
  expect(told(nextKeys)).toEqual(["unknown-log", "verified", "verified"]);
  expect(told(allKeys)).toEqual(["verified", "verified", "verified"]);

  expect(await findingsBy(allKeys)).toEqual([]);
  expect(await findingsBy(oldKeys)).toEqual(["note-unbelieved"]);
  expect(await findingsBy([...allKeys, ...(await keysOf(stray))])).toEqual(["genesis-differs"]);
});
