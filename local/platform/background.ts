import { join } from "node:path";
import { releaseOrders } from "../../functions/adapters/postgres/release-orders.ts";
import { carryOutApproved } from "../../functions/eraser/core.ts";
import type { LogAlarm } from "../../functions/publisher/alarm.ts";
import type { Trail } from "../../functions/sequencer/trail.ts";
import { ahead, behind } from "./ahead.ts";
import { openLocalBank, startBanking } from "./banking.ts";
import type { Connections } from "./connect.ts";
import { coveredInsurers } from "./covered-insurers.ts";
import { startLoop, workOnce } from "./jobs.ts";
import { alarmText, startLedger } from "./ledger.ts";
import { startPeriodic } from "./periodic.ts";

/** What works unasked. */
export interface Background {
  /** There may be something to place, decide or pay. */
  wake(): void;
  /** Lets the work under way finish. */
  stop(): Promise<void>;
}

/** Where what works unasked keeps its things: the platform's folder, and the one of trust policies. */
export interface BackgroundPlace {
  readonly folder: string;
  readonly policies: string;
}

/** Who is told: a person, of what is wrong or done; and whoever wants to know, of each batch that was placed and each checkpoint that was published. */
export interface BackgroundLog {
  readonly line: (text: string) => void;
  readonly trail: Trail;
}

/** Most erasures of one insurer that one round of the jobs carries out. */
const eraserBatch = 10;

/** No sanctions list is configured on this machine; the record says which "list" was asked. */
const screening = async () => ({ list: "local: no list configured", result: "clear" }) as const;

/** Starts what is scheduled or fed by queues in AWS: sequencer, signer and publisher, the jobs, the bank and what is looked after again and again. */
export function startBackground(
  services: Connections,
  { folder, policies }: BackgroundPlace,
  { line: log, trail }: BackgroundLog,
): Background {
  const stops: (() => Promise<unknown>)[] = [];
  const insurers = coveredInsurers(services, policies);
  const { ports, pools } = services;
  // Whoever submits waits for the receipt, and nobody at once for what the jobs do.
  const first = ahead();
  const ledger = startLedger(services, insurers, log, { trail, within: first.run });
  stops.push(() => ledger.stop());
  const told = new Set<string>();
  const onAlarm = (insurer: string, alarm: LogAlarm): void => {
    const text = alarmText(insurer, alarm);
    if (!told.has(text)) log(text);
    told.add(text);
  };
  const working = {
    ...ports,
    store: behind(ports.store, first),
    orders: releaseOrders(pools.app),
  };
  const jobs = startLoop(async () => {
    let done = await workOnce(working, await insurers(), screening, onAlarm);
    for (const insurer of await insurers()) {
      done += await carryOutApproved(ports, services.eraser, insurer, eraserBatch);
    }
    if (done > 0) ledger.wake();
  }, log);
  stops.push(() => jobs.stop());
  stops.push(startPeriodic(services, folder, () => ledger.wake(), log));
  const bank = openLocalBank({ ports, pool: pools.app }, join(folder, "bank"), onAlarm);
  stops.push(startBanking(bank, insurers, () => ledger.wake(), log));
  return {
    wake: () => {
      ledger.wake();
      jobs.wake();
    },
    stop: async () => {
      for (const each of stops.splice(0).reverse()) await each();
    },
  };
}
