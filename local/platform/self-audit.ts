import { join } from "node:path";
import { exportRows } from "../../functions/adapters/postgres/export-rows.ts";
import { keepVerdict, verdictOf } from "../../functions/auditor/verdict.ts";
import { LogWatch, type SelfAuditPorts } from "../../functions/self-audit/log-watch.ts";
import type { Finding } from "../../shared/audit/finding.ts";
import { formatInstant } from "../../shared/base/instant.ts";
import { writeWhole } from "../objects/durable.ts";
import { translated } from "../objects/folder-error.ts";
import type { Connections } from "./connect.ts";
import { type Loop, startLoop } from "./jobs.ts";
import { logKeys } from "./open-log.ts";

const everyMs = 10_000;

/** What the self-audit of a platform of this machine reads. */
export function selfAuditPorts(services: Connections): SelfAuditPorts {
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

/** Where and of what kind: what was expected and found may be a sealed value, which no line and no file of a log may hold. */
const placeOf = ({ origin, index, file, code }: Finding) => ({ origin, index, file, code });

/**
 * Audits the platform's own logs while they grow: every finding is told to `log` once, as an alarm that names the entry, and the newest state
 * is kept in `self-audit.json`. It stops nothing: a person looks.
 */
export function startSelfAudit(
  services: Connections,
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
        const places = findings.map(placeOf);
        await keepVerdict(
          services.auditing,
          insurer,
          verdictOf(ports.clock(), watch.size, findings),
        );
        for (const { origin, index, code } of places.slice(told.get(insurer))) {
          const where = index === null ? origin : `${origin} entry ${index}`;
          log(`ALARM self-audit: ${where}: ${code}`);
        }
        told.set(insurer, findings.length);
        logs.push({ insurer, entries: watch.size.toString(), findings: places });
      }
      const state = Buffer.from(`${JSON.stringify({ at: formatInstant(ports.clock()), logs })}\n`);
      const file = join(folder, "self-audit.json");
      await translated(async () => writeWhole(file, state, 0o600));
    },
    log,
    intervalMs,
  );
}
