import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { removeCluster } from "../../local/postgres/place.ts";
import { waitUntilGone } from "../../local/postgres/running-process.ts";
import { openFolder } from "../cli/door.ts";
import { type Acknowledged, Amina, type Answer } from "./caller.ts";
import { childrenOf, left, mainPid, postmasterPid, type Running, start } from "./running.ts";

/* kill -9 of each process of a platform under load: nothing it acknowledged is lost, nothing is there twice. */
let folder: string;
let running: Running;
let amina: Amina;
beforeAll(async () => {
  folder = openFolder("crash");
  running = await start(folder);
  amina = new Amina(running);
});
afterAll(async () => {
  await running?.stop();
  removeCluster(join(folder, "postgres"));
  rmSync(folder, { recursive: true, force: true });
});

async function startAgain(): Promise<void> {
  running = await start(folder);
  amina.meet(running);
}

/** Sends `count` claims at once; gives each one's answer, undefined where the connection broke. */
const burst = (
  name: string,
  count: number,
  acknowledged: () => void = () => undefined,
): Promise<(Answer | undefined)[]> =>
  Promise.all(
    Array.from({ length: count }, (_, i) =>
      amina
        .send(JSON.stringify(amina.claim()), `${name}-${i}`)
        .then((answer) => {
          if (answer.status === 201) acknowledged();
          return answer;
        })
        .catch(() => undefined),
    ),
  );

/** Sends 20 claims, kills as soon as `most` of them are acknowledged, and gives all answers; a busy machine's 503s, bounded, are asked again. */
async function burstKilling(
  name: string,
  most: number,
  kill: () => void,
): Promise<(Answer | undefined)[]> {
  for (let round = 0; ; round++) {
    let left = most;
    const answers = await burst(name, 20, () => {
      left -= 1;
      if (left === 0) kill();
    });
    if (left <= 0) return answers;
    if (round === 10) throw new Error(`${left} of ${most} were not acknowledged`);
  }
}

const acknowledgedIn = (name: string, answers: readonly (Answer | undefined)[]): Acknowledged[] =>
  answers.flatMap((answer, i) =>
    answer?.status === 201
      ? [{ key: `${name}-${i}`, claim: answer.json.claim, leafHash: answer.json.record.leafHash }]
      : [],
  );

/** Sends the same claims again under the same keys until each is acknowledged. */
async function sendAgain(name: string, count: number): Promise<Acknowledged[]> {
  const until = Date.now() + 120_000;
  for (;;) {
    const sent = acknowledgedIn(name, await burst(name, count));
    if (sent.length === count) return sent;
    if (Date.now() > until) throw new Error(`${count - sent.length} of ${name} were never taken`);
    await sleep(200);
  }
}

/** What was acknowledged before is there, the same under the same key; every key names one claim of its own. */
async function expectNothingLost(
  name: string,
  before: readonly Acknowledged[],
  count: number,
): Promise<void> {
  const after = await sendAgain(name, count);
  const byKey = new Map(after.map((sent) => [sent.key, sent]));
  for (const sent of before) expect(byKey.get(sent.key)).toEqual(sent);
  expect(new Set(after.map(({ claim }) => claim)).size).toBe(count);
  for (const { claim } of before) {
    expect((await amina.ask("GET", `/claims/${claim}`)).status).toBe(200);
  }
  const [first] = after;
  if (first) await amina.receipt(first);
}

function expectDoneOrBusy(answer: Answer | undefined): void {
  if (!answer) throw new Error(`a connection broke; the platform said ${running.complained()}`);
  expect([201, 503]).toContain(answer.status);
  if (answer.status === 503) expect(Number(answer.retryAfter)).toBeGreaterThan(0);
}

describe("kill -9 of the main process", () => {
  test.each([1, 2, 3])("with 20 submissions under way, round %i", async (round) => {
    const name = `main-${round}`;
    const sending = burst(name, 20);
    await sleep(30 * round);
    const pid = mainPid(folder);
    process.kill(pid, "SIGKILL");
    const before = acknowledgedIn(name, await sending);
    await running.exited;
    expect(await left([pid, running.door.pid ?? 0])).toEqual([]);
    await startAgain();
    expect(running.complained()).toMatch(/PostgreSQL left running \(process \d+\) is stopped/);
    await expectNothingLost(name, before, 20);
  });
});

describe("kill -9 of the door", () => {
  test("stops everything behind it; the next start goes on", async () => {
    const pids = [mainPid(folder), postmasterPid(folder)];
    const killed = await burstKilling("door", 1, () => running.door.kill("SIGKILL"));
    const before = acknowledgedIn("door", killed);
    expect(before.length).toBeGreaterThan(0);
    for (const pid of pids) expect(await waitUntilGone(pid, 60_000)).toBe(true);
    await startAgain();
    await expectNothingLost("door", before, 20);
  });
});

describe("kill -9 of the postmaster", () => {
  test.each([1, 2, 3])(
    "is survived: 201 or 503 meanwhile, then all goes on, round %i",
    async (round) => {
      const name = `postmaster-${round}`;
      const [pid, main] = [postmasterPid(folder), mainPid(folder)];
      const killed = await burstKilling(name, 4 * round, () => process.kill(pid, "SIGKILL"));
      const answers = [...killed, ...(await burst(`${name}-meanwhile`, 5))];
      for (const answer of answers) expectDoneOrBusy(answer);
      const before = acknowledgedIn(name, answers.slice(0, 20));
      await expectNothingLost(name, before, 20);
      expect(mainPid(folder)).toBe(main);
      expect(postmasterPid(folder)).not.toBe(pid);
    },
  );

  test("and of the main process at once is survived too", async () => {
    const pids = [mainPid(folder), postmasterPid(folder)];
    const killed = await burstKilling("both", 2, () => {
      for (const pid of pids) process.kill(pid, "SIGKILL");
    });
    const before = acknowledgedIn("both", killed);
    await running.exited;
    await startAgain();
    await expectNothingLost("both", before, 20);
  });
});

describe("a database that is frozen", () => {
  test("is 503 with Retry-After, nothing is half-written, and all goes on once it thaws", async () => {
    const warm = await amina.submit("before-the-frost");
    const frozen = [postmasterPid(folder), ...childrenOf(postmasterPid(folder))];
    for (const pid of frozen) process.kill(pid, "SIGSTOP");
    let answers: (Answer | undefined)[];
    try {
      answers = await burst("frozen", 3);
    } finally {
      for (const pid of frozen) process.kill(pid, "SIGCONT");
    }
    for (const answer of answers) {
      expect(answer?.status).toBe(503);
      expect(Number(answer?.retryAfter)).toBeGreaterThan(0);
    }
    await expectNothingLost("frozen", [], 3);
    await amina.receipt(warm);
  });
});
