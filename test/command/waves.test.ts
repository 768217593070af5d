import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { newHandle } from "../../functions/command/handle.ts";
import { readingAhead } from "../../functions/command/read-ahead.ts";
import { submit } from "../../functions/command/submit.ts";
import type { StoreTransaction } from "../../shared/ports/store.ts";
import {
  callerOf,
  machine,
  openInsurer,
  random,
  startPlatform,
  submissionOf,
  type TestPlatform,
} from "./platform.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());

/** A submission's statements in waves: each has what was asked before an answer of the wave before was awaited. */
async function wavesOf(policy: "named" | "none"): Promise<string[][]> {
  const { ports } = platform;
  const { insurer, ...opened } = await openInsurer(ports, { insurer: `waves-${policy}` });
  const caller = callerOf(insurer, "claimant", opened.insured);
  const { policy: named, ...submission } = submissionOf(opened.policy, 100n);
  const asked =
    policy === "named" ? { ...submission, ...(named && { policy: named }) } : submission;
  let waves: string[][] = [];
  const counting = (on: StoreTransaction): StoreTransaction => {
    let answered = true;
    waves = [];
    const counted =
      <Values extends unknown[], T>(name: string, ask: (...values: Values) => Promise<T>) =>
      async (...values: Values): Promise<T> => {
        if (answered) waves.push([]);
        answered = false;
        waves.at(-1)?.push(name === "streams" ? String(values[0]) : name);
        const answer = await ask(...values);
        answered = true;
        return answer;
      };
    return {
      ...on,
      kept: counted("kept", on.kept),
      insurer: counted("insurer", on.insurer),
      streams: counted("streams", on.streams),
      accumulators: counted("accumulators", on.accumulators),
      write: counted("write", on.write),
    };
  };
  const store: typeof ports.store = {
    ...ports.store,
    transaction: (of, body) => ports.store.transaction(of, (on) => body(counting(on))),
  };
  const idempotency = { key: newHandle(random), fingerprint: random(32) };
  const reply = await submit({ ...ports, store }, caller, asked, idempotency, machine().now);
  expect(reply).toHaveProperty("committed");
  return waves.map((wave) => wave.toSorted());
}

test("a submission reads all it needs at once, then writes; a policy it names says whom else to read", async () => {
  expect(await wavesOf("none")).toEqual([["accumulators", "insurer", "kept", "person"], ["write"]]);
  expect(await wavesOf("named")).toEqual([
    ["insurer", "kept", "policy"],
    ["accumulators", "person"],
    ["write"],
  ]);
});

test("a handle that was asked for as a claim is still found as the policy it is, and asked for once", async () => {
  const { ports } = platform;
  const { insurer, policy } = await openInsurer(ports, { insurer: "kinds" });
  await ports.store.transaction(insurer, async (on) => {
    const asked: string[] = [];
    const streams: typeof on.streams = (kind, handles) => {
      asked.push(kind);
      return on.streams(kind, handles);
    };
    const ahead = readingAhead({ ...on, streams }, random);
    expect(await ahead.streams("claim", [policy])).toEqual([]);
    expect(await ahead.streams("policy", [policy])).toMatchObject([{ stream: policy }]);
    expect(await ahead.streams("policy", [policy])).toHaveLength(1);
    expect(asked).toEqual(["claim", "policy"]);
  });
});
