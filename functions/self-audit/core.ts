import type { Finding } from "../../shared/audit/finding.ts";
import type { Instant } from "../../shared/base/instant.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { keepVerdict, verdictOf } from "../auditor/verdict.ts";
import { alarmOf, type LogAlarm } from "../publisher/alarm.ts";
import type { LogWatch } from "./log-watch.ts";

/**
 * Rounds of one log until it has taken in all its checkpoint covers, or `late` says to leave the rest to the next call. Gives 0, as nothing follows, or an
 * alarm that says where the first finding is and of what kind, and no value of it: it stands in a job's log. Throws Unavailable.
 */
export async function catchUp(
  watch: Pick<LogWatch, "round" | "size">,
  late: () => boolean,
): Promise<0 | LogAlarm> {
  for (;;) {
    const before = watch.size;
    const findings = await watch.round();
    if (findings.length > 0) return alarmOf("audit-finding", said(findings));
    if (watch.size === before || late()) return 0;
  }
}

/** {@link catchUp} of the insurer's log; what was found by `clock` is kept for its auditors to read. Throws Unavailable. */
export async function catchUpFor(
  insurer: string,
  watch: Pick<LogWatch, "round" | "size" | "findings">,
  auditing: Pick<ObjectStore, "get" | "replace">,
  clock: () => Instant,
  late: () => boolean,
): Promise<0 | LogAlarm> {
  const done = await catchUp(watch, late);
  await keepVerdict(auditing, insurer, verdictOf(clock(), watch.size, watch.findings));
  return done;
}

function said(findings: readonly Finding[]): string {
  const [first] = findings;
  const place = first?.index === null ? "the log" : `entry ${first?.index}`;
  return `${findings.length} findings of the self-audit, the first at ${place}: ${first?.code}`;
}
