import { bookRows } from "../../functions/adapters/postgres/book-rows.ts";
import { exportRows } from "../../functions/adapters/postgres/export-rows.ts";
import { insurerRows } from "../../functions/adapters/postgres/insurer-rows.ts";
import { deleteLate } from "../../functions/eraser/effects.ts";
import { requestDue } from "../../functions/eraser/requests.ts";
import { type ExporterPorts, exportWaiting } from "../../functions/exporter/core.ts";
import { type ImporterPorts, importWaiting } from "../../functions/importer/core.ts";
import { alarmOf, type LogAlarm } from "../../functions/publisher/alarm.ts";
import { shadowWaiting } from "../../functions/shadow/core.ts";
import { recordAlarming } from "../../functions/totals/core.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import type { Connections } from "./connect.ts";
import { startLoop } from "./jobs.ts";
import { alarmText } from "./ledger.ts";
import { startSelfAudit } from "./self-audit.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How soon a job begins that somebody asked for. */
const soonMs = 1_000;

/** What an export of a platform of this machine reads, and where it writes. */
export const exporterPorts = ({
  ports,
  pools,
  published,
  auditing,
}: Connections): ExporterPorts => ({
  rows: exportRows(pools.auditor),
  published,
  keys: ports.keys,
  cipher: ports.cipher,
  auditing,
});

/** What imports of policies are done with on this machine. */
export const importerPorts = ({ ports, pools, jobs, uploads }: Connections): ImporterPorts => ({
  ...ports,
  desk: insurerRows(pools.app).desk,
  jobs,
  uploads,
});

/** Starts what is looked after again and again: the day before's totals, what the retention schedule asks for, the audit of the platform's own logs, exports that auditors asked for, policies that insurers sent in, and shadows of their drafts; gives what stops it. `wake` is called where a record was left to be placed. */
export function startPeriodic(
  services: Connections,
  folder: string,
  wake: () => void,
  log: (line: string) => void,
): () => Promise<void> {
  const told = new Map<string, string>();
  const totals = startLoop(() => recordAllDue(services, wake, log, told), log, minuteMs);
  const retention = startLoop(() => askAllDue(services, wake, log), log, hourMs);
  // It reads a tree's published files, which a QLDB ledger has none of: whoever wants it audited exports it.
  const audit = services.qldb ? undefined : startSelfAudit(services, folder, log);
  const exporting = exporterPorts(services);
  const importing = importerPorts(services);
  /** A job that somebody changed in its folder is said once, and stops nothing. */
  const passOver = (error: unknown): number => {
    if (!(error instanceof Malformed)) throw error;
    const line = `ALARM jobs: ${error.message}`;
    if (told.get(line) === undefined) log(line);
    told.set(line, line);
    return 0;
  };
  const imports = startLoop(
    async () => {
      if ((await importWaiting(importing).catch(passOver)) > 0) wake();
    },
    log,
    soonMs,
  );
  const shadowing = {
    ...exporterPorts(services),
    jobs: services.jobs,
    sleep: services.ports.sleep,
  };
  const shadows = startLoop(
    async () => void (await shadowWaiting(shadowing, services.ports.clock()).catch(passOver)),
    log,
    soonMs,
  );
  const exports = startLoop(
    async () => void (await exportWaiting(exporting, services.ports.clock()).catch(passOver)),
    log,
    soonMs,
  );
  return async () => {
    const loops = [totals, retention, audit, imports, shadows, exports];
    await Promise.all(loops.map((loop) => loop?.stop()));
  };
}

/**
 * The day before's control totals of every insurer that lacks them; where something has to come first, the next round tries again. An alarm of an insurer
 * is said to `log` once, which `told` remembers: it stops nothing.
 */
export async function recordAllDue(
  { ports, pools }: Connections,
  wake: () => void,
  log: (line: string) => void,
  told: Map<string, string>,
): Promise<void> {
  for (const insurer of await ports.store.insurers()) {
    const done = await recordAlarming(ports, bookRows(pools.app), insurer).catch(unforeseen);
    const line = typeof done === "number" ? "" : alarmText(insurer, done);
    if (line !== "" && told.get(insurer) !== line) log(line);
    told.set(insurer, line);
  }
  wake();
}

/** Of an error nobody foresaw, its name is said: a message may quote a row. Throws Unavailable. */
function unforeseen(error: unknown): LogAlarm {
  if (error instanceof Unavailable) throw error;
  return alarmOf("failed", `${error instanceof Error ? error.name : "unknown"}, control totals`);
}

/** Asks for every erasure that is due by an insurer's schedule; somebody has yet to approve each. */
export async function askAllDue(
  { ports, eraser }: Connections,
  wake: () => void,
  log: (line: string) => void,
): Promise<void> {
  for (const insurer of await ports.store.insurers()) {
    const asked = await requestDue(ports, eraser.rows, insurer);
    await deleteLate(eraser, insurer, ports.clock());
    if (asked.length > 0) log(`${insurer}: ${asked.length} erasures are due and wait for approval`);
  }
  wake();
}
