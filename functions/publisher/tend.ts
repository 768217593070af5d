import { alarmOf, type LogAlarm } from "./alarm.ts";
import { shownCheckpoint } from "./checkpoint.ts";
import { collectPartials } from "./collect.ts";
import { keepEdge } from "./keep-edge.ts";
import type { PublisherPorts } from "./ports.ts";

/**
 * What a published log of `size` needs beside its checkpoints: a copy of its edge once a day, and partial tiles collected once full ones replace
 * them. What `ports.tended` remembers is not looked at again, so most calls do nothing; a new process looks once. Throws Unavailable.
 */
export async function tend(
  ports: PublisherPorts,
  insurer: string,
  size: bigint,
): Promise<LogAlarm | undefined> {
  const day = ports.today();
  const before = ports.tended?.get(insurer);
  const edgeIsDue = before?.edge !== day;
  const collecting = before?.collected !== size >> 8n;
  if (size === 0n || !(edgeIsDue || collecting)) return undefined;
  const shown = await shownCheckpoint(ports, insurer);
  if (shown === undefined) return alarmOf("foreign-checkpoint", `${insurer}/checkpoint is gone`);
  if ("alarm" in shown) return shown;
  const edge = edgeIsDue ? await keepEdge(ports, insurer, shown, day) : "kept";
  if (typeof edge === "object") return edge;
  const left = collecting ? await collectPartials(ports, insurer, shown.checkpoint.size) : false;
  if (typeof left === "object") return left;
  ports.tended?.set(insurer, {
    edge: edge === "kept" ? day : undefined,
    collected: left ? undefined : size >> 8n,
  });
  return undefined;
}
