import type { LogWatch, SelfAuditPorts } from "./log-watch.ts";

/** The watch of each log that was asked for: what the log was found to be so far. An environment that starts anew begins at entry 0. */
export function watches(ports: SelfAuditPorts): (insurer: string) => Promise<LogWatch> {
  const known = new Map<string, LogWatch>();
  return async (insurer) => {
    const before = known.get(insurer);
    if (before) return before;
    // What audits, and the rule engine with it, is read with the first log.
    const log = await import("./log-watch.ts");
    const watch = new log.LogWatch(ports, insurer, await ports.logKeys(insurer));
    known.set(insurer, watch);
    return watch;
  };
}
