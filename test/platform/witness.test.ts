import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { writePolicy } from "../../local/bundle/trust.ts";
import { type LocalWitness, startWitness } from "../../local/platform/witness.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import { log, noteOf, post, requestOf, statedTime } from "../witness/asking.ts";
import { left } from "./running.ts";

/* The witness beside a platform: a process of its own that is started again when it dies. */
let folder: string;
let witness: LocalWitness;
const said: string[] = [];
const pidNow = (): number => Number(readFileSync(join(folder, "w", "lock"), "utf8").split(" ")[0]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "witness-beside-"));
  const place = { folder: join(folder, "w"), policies: join(folder, "policy") };
  witness = await startWitness({ ...place, log: (line) => said.push(line) });
});
afterAll(async () => {
  await witness.stop();
  rmSync(folder, { recursive: true });
});

test("cosigns the log of a policy that was written after it started, and names itself in it", async () => {
  const url = witness.line.url ?? "";
  expect((await post(url, requestOf(0, 3))).status).toBe(404);
  const policy = writePolicy(join(folder, "policy"), "a", {
    keys: [log.key],
    witness: witness.line,
  });
  const line = `witness local ${formatVerifierKey(witness.line.key)} ${url}\nquorum local\n`;
  expect(readFileSync(policy, "utf8")).toContain(line);
  const { text } = await post(url, requestOf(0, 3));
  expect(statedTime(text, noteOf(3), witness.line.key)).toBeGreaterThan(0n);
});

test("killed, it comes back at its URL with its key and all it cosigned; stopped, it is gone", async () => {
  const url = witness.line.url ?? "";
  const killed = pidNow();
  process.kill(killed, "SIGKILL");
  let answer: Awaited<ReturnType<typeof post>> | undefined;
  for (const until = Date.now() + 120_000; !answer && Date.now() < until; ) {
    answer = await post(url, requestOf(0, 4)).catch(() => undefined);
    await new Promise((done) => setTimeout(done, 50));
  }
  expect(answer).toEqual({ status: 409, type: "text/x.tlog.size", text: "3\n" });
  expect(said).toContain("the witness died and is started again");
  const again = pidNow();
  expect(again).not.toBe(killed);
  const { text } = await post(url, requestOf(3, 4));
  expect(statedTime(text, noteOf(4), witness.line.key)).toBeGreaterThan(0n);
  await witness.stop();
  expect(await left([killed, again])).toEqual([]);
});
