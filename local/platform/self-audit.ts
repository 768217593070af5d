import { join } from "node:path";
import { exportRows } from "../../functions/adapters/postgres/export-rows.ts";
import { LogWatch, type SelfAuditPorts } from "../../functions/self-audit/log-watch.ts";
import { formatInstant } from "../../shared/base/instant.ts";
import { writeWhole } from "../objects/durable.ts";
import { type Loop, startLoop } from "./jobs.ts";
import { logKeys } from "./open-log.ts";
import type { Services } from "./services.ts";

const everyMs = 10_000;

/** What the self-audit of a platform of this machine reads. */
export function selfAuditPorts(services: Services): SelfAuditPorts {
  const { ports, pools, published } = services;
  return {
    rows: exportRows(pools.auditor),
    published,
    keys: ports.keys,
    cipher: ports.cipher,
    logKeys: (insurer) => logKeys(services, insurer),
    originOf: ports.originOf,
  };
}

/**
 * Audits the platform's own logs while they grow: every finding is told to `log` once, as an alarm that names the entry, and the newest state
 * is kept in `self-audit.json`. It stops nothing: a person looks.
 */
export function startSelfAudit(
  services: Services,
  folder: string,
  log: (line: string) => void,
  intervalMs = everyMs,
): Loop {
  const { ports } = services;
  const from = selfAuditPorts(services);
  const watches = new Map<string, LogWatch>();
  const told = new Map<string, number>();
  return startLoop(
    async () => {
      const logs: object[] = [];
      for (const insurer of await ports.store.insurers()) {
        const watch =
          watches.get(insurer) ?? new LogWatch(from, insurer, await from.logKeys(insurer));
        watches.set(insurer, watch);
        const findings = await watch.round();
        for (const { origin, index, code, expected, found } of findings.slice(told.get(insurer))) {
          const where = index === null ? origin : `${origin} entry ${index}`;
          log(`ALARM self-audit: ${where}: ${code}: expected ${expected}, found ${found}`);
        }
        told.set(insurer, findings.length);
        logs.push({ insurer, entries: watch.size.toString(), findings });
      }
      const state = { at: formatInstant(ports.clock()), logs };
      writeWhole(join(folder, "self-audit.json"), Buffer.from(`${JSON.stringify(state)}\n`), 0o600);
    },
    log,
    intervalMs,
  );
}
