import { join } from "node:path";
import { bankRows } from "../../functions/adapters/postgres/bank-rows.ts";
import type { Pool } from "../../functions/adapters/postgres/pool.ts";
import { fileRail } from "../../functions/adapters/rail/file-rail.ts";
import type { CommandPorts } from "../../functions/command/commit.ts";
import { alarmOf, type LogAlarm } from "../../functions/publisher/alarm.ts";
import { agedBreaks, agedText } from "../../functions/reconciliation/aged.ts";
import { type CollectPorts, collect } from "../../functions/reconciliation/collect.ts";
import { reconcile } from "../../functions/reconciliation/reconcile.ts";
import { sendUnsent } from "../../functions/reconciliation/send.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { friendly } from "../bank/behaviour.ts";
import { takeTurn } from "../bank/exchange.ts";
import { openBank } from "../bank/stub.ts";
import { folderStore } from "../objects/folder.ts";
import { translated } from "../objects/folder-error.ts";
import { folderInbox } from "../objects/inbox.ts";
import { startLoop } from "./jobs.ts";

const everyMs = 1_000;
const minuteMs = 60_000;

/** The bank of this machine: what it does in one round, and how it is closed. */
export interface LocalBank {
  /** Sends what was released, has the bank answer, and takes in what it said. */
  readonly round: (insurers: readonly string[]) => Promise<void>;
  /** Holds ledger, files and messages of each insurer against each other, once a day. */
  readonly reconcileAll: (insurers: readonly string[]) => Promise<void>;
  readonly close: () => void;
}

/**
 * Opens a friendly bank in `folder`: its own book, and the folders `out` and `in` it meets its customers in. A payout whose row was changed is told to
 * `alarm` and holds up no other insurer, as are breaks that are open for a day or more. Throws Unavailable.
 */
export function openLocalBank(
  { ports, pool }: { readonly ports: CommandPorts; readonly pool: Pool },
  folder: string,
  alarm: (insurer: string, alarm: LogAlarm) => void,
): LocalBank {
  const bank = openBank(join(folder, "book"), friendly, ports.clock);
  const exchange = {
    out: folderStore(join(folder, "out")),
    inbox: folderStore(join(folder, "in")),
  };
  const rail = fileRail(exchange.out, folderInbox(join(folder, "in")));
  const collecting: CollectPorts = { commands: ports, rows: bankRows(pool), rail };
  const each = async (
    insurers: readonly string[],
    work: (insurer: string) => Promise<unknown>,
  ): Promise<void> => {
    for (const insurer of insurers) {
      try {
        await work(insurer);
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        alarm(insurer, alarmOf("row-altered", error.message));
      }
    }
  };
  return {
    round: async (insurers) => {
      await each(insurers, (insurer) => sendUnsent(collecting, insurer));
      await translated(() => takeTurn(bank, exchange));
      await each(insurers, (insurer) => collect(collecting, insurer));
    },
    reconcileAll: (insurers) =>
      each(insurers, async (insurer) => {
        await reconcile(ports, collecting.rows, insurer);
        const aged = agedText(await agedBreaks(collecting.rows, insurer, ports.clock()));
        if (aged) alarm(insurer, alarmOf("breaks-aged", aged));
      }),
    close: () => bank.close(),
  };
}

/** Starts the bank's rounds, every second, and the reconciliation, looked for every minute; gives what stops them. `wake` is called where a record may wait to be placed. */
export function startBanking(
  bank: LocalBank,
  insurers: () => Promise<readonly string[]>,
  wake: () => void,
  log: (line: string) => void,
): () => Promise<void> {
  const rounds = startLoop(async () => bank.round(await insurers()).then(wake), log, everyMs);
  const daily = startLoop(
    async () => bank.reconcileAll(await insurers()).then(wake),
    log,
    minuteMs,
  );
  return async () => {
    await Promise.all([rounds.stop(), daily.stop()]);
    bank.close();
  };
}
