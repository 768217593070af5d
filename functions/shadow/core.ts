import * as z from "zod";
import { utf8 } from "../../shared/base/bytes.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { attempt } from "../command/attempt.ts";
import type { JobName } from "../command/job-shelf.ts";
import {
  changesFile,
  changesPerFile,
  changesSchema,
  type KeptShadow,
  shadowJobs,
} from "../command/shadow-job.ts";
import { type Calling, type Turn, takeTurns } from "../command/take-turns.ts";
import { failed, type Outcome } from "./outcome.ts";
import type { ShadowPorts } from "./ports.ts";

/**
 * Runs the drafts that wait over their insurers' logs until it is late, and forgets those whose time is over ({@link takeTurns}). Killed anywhere it begins again: the entries were
 * fixed when it was asked for, so that it comes to the same; killed three times it has failed. One that fails holds up no other, and its error is thrown when all had their turn: Unavailable, or
 * Malformed where somebody changed what is kept of it. Gives how many it ended. `now` is when the call began.
 */
export async function shadowWaiting(
  ports: ShadowPorts,
  now: Instant,
  calling: Calling = {},
): Promise<number> {
  let ended = 0;
  await takeTurns(shadowJobs, ports.jobs, now, calling, async (name) => {
    const done = await take(ports, name, now);
    if (done !== "idle") ended += 1;
    return done;
  });
  return ended;
}

/** Runs a shadow that waits, and takes it out of the queue once it is over ({@link attempt}). */
const take = (ports: ShadowPorts, name: JobName, now: Instant): Promise<Turn> =>
  attempt(
    shadowJobs,
    ports.jobs,
    name,
    now,
    async (claimed) => {
      // Most calls find nothing that waits: what judges a log is read by one that does.
      const { runDraft } = await import("./run-draft.ts");
      return end(ports, name, claimed, await runDraft(ports, name.insurer, claimed.job));
    },
    (kept) => end(ports, name, kept, failed("not-finished")),
  );

/** Writes what a shadow came to, and that it is over; idle where somebody else did, or it was forgotten. */
async function end(
  { jobs }: ShadowPorts,
  name: JobName,
  kept: KeptShadow,
  { changes, ...how }: Outcome,
): Promise<Turn> {
  for (let number = 0; number * changesPerFile < changes.length; number++) {
    const some = changes.slice(number * changesPerFile, (number + 1) * changesPerFile);
    const file = shadowJobs.fileKey(name, changesFile(number));
    if (file === undefined) throw new Error("bug: a number is an object key");
    const bytes = utf8(JSON.stringify(z.encode(changesSchema, some)));
    await jobs.putIfAbsent(file, bytes);
  }
  const done = await shadowJobs.change(jobs, name, kept, { ...kept.job, ...how });
  if (done) await shadowJobs.unqueue(jobs, name);
  // Forgotten while it was made, its files go, too.
  else if (!(await shadowJobs.read(jobs, name))) await shadowJobs.forget(jobs, name);
  if (!done) return "idle";
  return how.failure === null || how.failure === "draft-has-errors" ? "over" : "failed";
}
