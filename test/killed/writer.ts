import { existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { adjudicateWaiting } from "../../functions/adjudicator/core.ts";
import { submit } from "../../functions/command/submit.ts";
import { readCommittedClaim } from "../../shared/api/committed-reply.ts";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { callerOf, machine, submissionOf } from "../command/platform.ts";
import { insurer, openStage, type Setting } from "./stage.ts";

/*
 * A client of the insurer: submits claim after claim and writes each acknowledgement to its own file, fsynced, before it goes on. What it does not
 * know the outcome of it sends again under the same key, after a restart too; now and then it has the pack decide what waits.
 */
interface Task {
  readonly setting: Setting;
  readonly name: string;
  readonly policy: string;
  readonly insured: string;
  readonly acknowledged: string;
}
const { setting, name, policy, insured, acknowledged }: Task = JSON.parse(process.argv[2] ?? "");
process.stdin.resume().once("end", () => process.exit(0));
const { ports } = openStage(setting);
const caller = callerOf(insurer, "claimant", insured);
const file = openSync(acknowledged, "a");

/** The claim and leaf hash of this key, whenever it was first taken. */
async function send(key: string): Promise<{ claim: string; leafHash: string }> {
  const idempotency = { key, fingerprint: sha256(utf8(key)) };
  const submission = submissionOf(policy, 1_000n);
  for (;;) {
    try {
      const reply = await submit(ports, caller, submission, idempotency, machine().now);
      if (isRefusal(reply)) throw new Error(`${reply.refused}: ${reply.detail}`);
      if ("keptRefusal" in reply) throw new Error(reply.keptRefusal.detail);
      if ("kept" in reply) return readCommittedClaim(fromUtf8(reply.kept.body, "kept reply"));
      const { claim, record } = reply.committed;
      return { claim, leafHash: record.leafHash };
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await sleep(20);
    }
  }
}

process.stdout.write("up\n");
const before = existsSync(acknowledged) ? readFileSync(acknowledged, "utf8") : "";
// A line that a kill cut off was never acknowledged.
const whole = before.slice(0, before.lastIndexOf("\n") + 1);
if (whole !== before) writeSync(file, "\n");
for (let n = whole.split("\n").filter((line) => line.startsWith("{")).length; ; n++) {
  const key = `${name}-${n}`;
  writeSync(file, `${JSON.stringify({ key, ...(await send(key)) })}\n`);
  fsyncSync(file);
  if (n % 5 === 4) {
    await adjudicateWaiting(ports, insurer, 5, 2).catch((error: unknown) => {
      if (!(error instanceof Unavailable)) throw error;
    });
  }
}
