import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, expect, test } from "@jest/globals";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseVerifierKey } from "../../shared/log/key.ts";
import { parseNote } from "../../shared/log/note.ts";
import { formatPolicy } from "../../shared/log/policy-file.ts";
import { log, noteOf, origin, post, requestOf, statedTime } from "./asking.ts";
import { startWitness, type WitnessProcess } from "./process.ts";

/* kill -9 of a witness between its write and its answer: it never goes back, and never cosigns two roots of one size. */
const folder = mkdtempSync(join(tmpdir(), "witness-kill-"));
const policy = join(folder, "log.policy");
writeFileSync(
  policy,
  formatPolicy({ logs: [{ key: log.key }], witnesses: [], groups: [], quorum: "none" }),
);
const state = join(folder, "state");
const stateFile = join(state, "state", "logs", toHex(sha256(utf8(origin))));
afterAll(() => rmSync(folder, { recursive: true }));

const heldBytes = () => (existsSync(stateFile) ? readFileSync(stateFile) : Buffer.alloc(0));
const heldSize = () =>
  heldBytes().length === 0 ? 0 : Number(parseCheckpoint(parseNote(heldBytes()).text).size);

/** Asks for `from` to `to` and kills as soon as the state on disk changes; gives the answer, if it still came. */
async function askKilling(witness: WitnessProcess, from: number, to: number) {
  const before = heldBytes();
  const asked = post(witness.url, requestOf(from, to)).catch(() => undefined);
  const until = Date.now() + 60_000;
  while (heldBytes().equals(before) && Date.now() < until) await turn();
  await witness.kill();
  return asked;
}

test("kills right after the write: nothing is forgotten, no other root gets a line", async () => {
  let [size, unanswered, lastTime] = [0, 0, 0n];
  let key: string | undefined;
  // Whether the answer still came is a matter of microseconds: as many kills as it takes for one that did not.
  for (let round = 0; round < 3 || (unanswered === 0 && round < 25); round++) {
    const witness = await startWitness(policy, state);
    key ??= witness.verifierKey;
    expect(witness.verifierKey).toBe(key);
    if (size > 0) {
      expect((await post(witness.url, requestOf(size, size, "forged"))).status).toBe(422);
      expect((await post(witness.url, requestOf(0, size, "forged"))).status).toBe(409);
      const { status, text } = await post(witness.url, requestOf(size, size));
      expect(status).toBe(200);
      const time = statedTime(text, noteOf(size), parseVerifierKey(key));
      expect(time).toBeGreaterThanOrEqual(lastTime);
      lastTime = time;
    }
    const next = size + 1 + (round % 3);
    const answer = await askKilling(witness, size, next);
    if (answer === undefined) unanswered++;
    else statedTime(answer.text, noteOf(next), parseVerifierKey(key));
    expect(heldSize()).toBe(next);
    size = next;
  }
  expect(unanswered).toBeGreaterThan(0);
});

test("as a process: a key of mode 0600, alone on its folder, its policy read again, ending with its parent's pipe", async () => {
  expect(statSync(join(state, "witness-key.json")).mode & 0o777).toBe(0o600);
  const witness = await startWitness(policy, state, ["--until-stdin-ends"]);
  await expect(startWitness(policy, state)).rejects.toThrow("exit 2");

  const whole = readFileSync(policy);
  const held = heldSize();
  const status = async () => (await post(witness.url, requestOf(held, held))).status;
  writeFileSync(policy, "quorum none\n");
  expect(await status()).toBe(404);
  writeFileSync(policy, "quorum\n");
  expect(await status()).toBe(503);
  writeFileSync(policy, whole);
  expect(await status()).toBe(200);

  witness.child.stdin?.end();
  expect(await once(witness.child, "exit")).toEqual([0, null]);
});
