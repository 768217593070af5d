import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { LogAlarm } from "./alarm.ts";
import { publish } from "./core.ts";
import type { PublisherPorts } from "./ports.ts";
import { newestNote } from "./signed-note.ts";
import { tend } from "./tend.ts";

/** Publishes the newest note the signer keeps of a log, and tends the log; 0 as there is never more to do at once. Throws Unavailable. */
export async function publishNewest(
  ports: PublisherPorts,
  signerState: Pick<ObjectStore, "get">,
  insurer: string,
): Promise<0 | LogAlarm> {
  const note = await newestNote(signerState, insurer);
  if (note === undefined) return 0;
  const done = await publish(ports, insurer, note);
  return "alarm" in done ? done : ((await tend(ports, insurer, done.size)) ?? 0);
}
