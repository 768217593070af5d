import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { httpWitnesses } from "../../functions/adapters/witness/http-witnesses.ts";
import { advance } from "../../functions/publisher/advance.ts";
import type { LogPorts } from "../../functions/publisher/ports.ts";
import { publishNewest } from "../../functions/publisher/publish-newest.ts";
import { witnessingOf } from "../../functions/publisher/witnessing.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import type { VerifierKey } from "../../shared/log/key.ts";
import { parseNote } from "../../shared/log/note.ts";
import type { Policy } from "../../shared/log/policy.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { verifyCheckpoint } from "../../shared/proof/verify-checkpoint.ts";
import { sampleRecords } from "../sequencer/sample-log.ts";
import { originOf, type PublishedLog, publishedLog } from "./published-log.ts";
import { lateMs, type WiredWitness, type WitnessFault, wiredWitness } from "./witness-stubs.ts";

/* The step between tiles and checkpoint: cosignatures of real witnesses over loopback HTTP, on wires that fail as planned. */
const insurers = Array.from({ length: 16 }, (_, i) => `log-${i}`);
let next = 0;
/** A log of its own for each test. */
const freshLog = (): string => insurers[next++] ?? "none left";

let log: PublishedLog;
let folders: string[];
let one: WiredWitness;
let two: WiredWitness;
let keys: readonly VerifierKey[];
beforeAll(async () => {
  log = await publishedLog(...insurers);
  const [first] = insurers;
  const platform = await log.ports.logKeys(first ?? "");
  keys = (await Promise.all(insurers.map((each) => log.ports.logKeys(each)))).flat();
  expect(platform.length).toBe(2);
  folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), "witness-")));
  one = await wiredWitness(folders[0] ?? "", "one", () => keys);
  two = await wiredWitness(folders[1] ?? "", "two", () => keys);
});
afterAll(async () => {
  await one.stop();
  await two.stop();
  await log.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

type Wanted = Pick<Policy, "witnesses" | "groups" | "quorum">;
const needsOne = (): Wanted => ({ witnesses: [one.line], groups: [], quorum: "one" });
const needsAny = (threshold: number): Wanted => ({
  witnesses: [one.line, two.line],
  groups: [{ name: "them", threshold, members: ["one", "two"] }],
  quorum: "them",
});

/** A process of its own that publishes under `wanted`. */
const processWith = (wanted: Wanted, patienceMs = 20_000): LogPorts => ({
  ...log.ports,
  witnessing: witnessingOf(httpWitnesses(wanted, patienceMs), log.signed),
});

const submit = (insurer: string, from: number, count: number) =>
  log.submit(sampleRecords(count, from, insurer), insurer);
const shownOf = async (insurer: string) =>
  (await log.published.get(`${insurer}/checkpoint`))?.bytes;
const storedOf = async (insurer: string, size: number) =>
  (await log.published.get(`${insurer}/checkpoints/${size}`))?.bytes;
const outcome = (ports: LogPorts, insurer: string) =>
  advance(ports, insurer).catch((error: unknown) => error);

/** What a verifier of `wanted` says of the checkpoint that is shown. */
async function believed(insurer: string, wanted: Wanted) {
  const logs = keys.filter(({ name }) => name === originOf(insurer)).map((key) => ({ key }));
  return verifyCheckpoint((await shownOf(insurer)) ?? utf8(""), { logs, ...wanted });
}

describe("a log that needs a witness", () => {
  test("shows cosigned checkpoints only, the same bytes in both places, one request each once the size is known", async () => {
    const [insurer, ports] = [freshLog(), processWith(needsOne())];
    const before = one.requests();
    for (const [from, size] of [
      [0, 3],
      [3, 5],
      [5, 300],
    ] as const) {
      await submit(insurer, from, size - from);
      expect(await advance(ports, insurer)).toMatchObject({ size: BigInt(size) });
      expect(await believed(insurer, needsOne())).toMatchObject({ size: BigInt(size) });
      expect(await storedOf(insurer, size)).toEqual(await shownOf(insurer));
    }
    expect(one.requests() - before).toBe(3);
    expect(await advance(ports, insurer)).toEqual({ placed: 0, size: 300n });
    expect(one.requests() - before).toBe(3);

    await submit(insurer, 300, 1);
    expect(await advance(processWith(needsOne()), insurer)).toMatchObject({ size: 301n });
    expect(one.requests() - before).toBe(5);
  });

  test("shows nothing new while it is gone, keeps all, and goes on when it is back", async () => {
    const [insurer, ports] = [freshLog(), processWith(needsOne())];
    await submit(insurer, 0, 2);
    await advance(ports, insurer);
    const shown = await shownOf(insurer);
    await submit(insurer, 2, 2);
    one.plan({ status: 503 });
    const told = await outcome(ports, insurer);
    expect(told).toBeInstanceOf(Unavailable);
    expect(String(told)).toContain("too few cosign: witness one: answers 503");
    await submit(insurer, 4, 2);
    one.plan("lost");
    expect(await outcome(ports, insurer)).toBeInstanceOf(Unavailable);
    expect(await shownOf(insurer)).toEqual(shown);
    expect(await storedOf(insurer, 4)).toBeUndefined();
    expect(await advance(ports, insurer)).toEqual({ placed: 0, size: 6n });
    expect(await believed(insurer, needsOne())).toMatchObject({ size: 6n });
  });
});

/* An answer that is lost, or a request, stands in the fault table: faults.slow.test.ts. */
describe("an answer that fails", () => {
  const rows: readonly (readonly [WitnessFault, "outage" | "none"])[] = [
    ["late", "outage"],
    ["twice", "none"],
    ["another's line", "outage"],
    [{ status: 503 }, "outage"],
    [{ status: 200, body: "junk" }, "outage"],
    [{ status: 404 }, "outage"],
  ];
  test.each(rows)(
    "%j: once; the next run shows one cosigned checkpoint of it",
    async (fault, met) => {
      const [insurer, ports] = [freshLog(), processWith(needsOne())];
      await submit(insurer, 0, 3);
      one.plan(fault);
      const hasty = processWith(needsOne(), lateMs / 2);
      const first = await outcome(fault === "late" ? hasty : ports, insurer);
      if (met === "outage") {
        expect(first).toBeInstanceOf(Unavailable);
        expect(await shownOf(insurer)).toBeUndefined();
      }
      expect(await advance(ports, insurer)).toEqual({ placed: 0, size: 3n });
      expect(await believed(insurer, needsOne())).toMatchObject({ size: 3n });
      const { signatures } = parseNote((await shownOf(insurer)) ?? utf8(""));
      expect(signatures).toHaveLength(3);
    },
  );

  test.each([
    ["a larger size than was ever signed", { status: 409, body: "999\n" }],
    ["another tree of the same size", { status: 422 }],
  ])("%s: the log stops with a fork alarm, and shows nothing", async (_, fault) => {
    const [insurer, ports] = [freshLog(), processWith(needsOne())];
    await submit(insurer, 0, 3);
    one.plan(fault);
    expect(await advance(ports, insurer)).toMatchObject({ alarm: "fork" });
    expect(await shownOf(insurer)).toBeUndefined();
    expect(await advance(ports, insurer)).toMatchObject({ alarm: "fork" });
  });
});

describe("a quorum of two", () => {
  test("any: one that is gone is done without; all: it is not", async () => {
    const insurer = freshLog();
    await submit(insurer, 0, 3);
    two.plan("lost");
    expect(await outcome(processWith(needsAny(2)), insurer)).toBeInstanceOf(Unavailable);
    two.plan("lost");
    expect(await advance(processWith(needsAny(1)), insurer)).toMatchObject({ size: 3n });
    expect(await believed(insurer, needsAny(1))).toMatchObject({ size: 3n });
    expect(await believed(insurer, needsAny(2))).toMatchObject({ refused: "quorum-not-met" });
    await submit(insurer, 3, 1);
    two.plan();
    expect(await advance(processWith(needsAny(2)), insurer)).toMatchObject({ size: 4n });
    expect(await believed(insurer, needsAny(2))).toMatchObject({ size: 4n });
  });
});

describe("of two publishers", () => {
  test("the second adopts what the first stored, though the cosignature would be another", async () => {
    const insurer = freshLog();
    await submit(insurer, 0, 3);
    const [a, b] = [processWith(needsOne()), processWith(needsOne())];
    await Promise.all([outcome(a, insurer), outcome(b, insurer)]);
    expect(await advance(a, insurer)).toMatchObject({ size: 3n });
    expect(await storedOf(insurer, 3)).toEqual(await shownOf(insurer));
    expect(await publishNewest(b, log.signed, insurer)).toBe(0);
  });

  test("a note stored before there was a witness stays as it is; the next is cosigned; another note is an alarm", async () => {
    const insurer = freshLog();
    await submit(insurer, 0, 3);
    await advance(log.ports, insurer);
    const [ports, bare] = [processWith(needsOne()), await shownOf(insurer)];
    expect(await publishNewest(ports, log.signed, insurer)).toBe(0);
    expect(await shownOf(insurer)).toEqual(bare);
    expect(await believed(insurer, needsOne())).toMatchObject({ refused: "quorum-not-met" });
    await submit(insurer, 3, 1);
    expect(await advance(ports, insurer)).toMatchObject({ size: 4n });
    expect(await believed(insurer, needsOne())).toMatchObject({ size: 4n });
    await submit(insurer, 4, 1);
    await log.published.putIfAbsent(`${insurer}/checkpoints/5`, bare ?? utf8(""));
    expect(await advance(ports, insurer)).toMatchObject({ alarm: "other-bytes" });
  });
});
