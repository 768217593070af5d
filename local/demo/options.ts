import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type LedgerKind, ledgerKinds } from "../platform/qldb.ts";
import type { BankChoice } from "./pay.ts";

/** What the demo was asked for. */
export interface DemoOptions {
  readonly data: string | undefined;
  /** Absolute, without a slash at its end: other folders are named after it. */
  readonly out: string;
  /** The demo's own folder, absolute: emptied at the start. */
  readonly work: string;
  readonly attack: boolean;
  /** The ledger's engine. */
  readonly ledger: LedgerKind;
  readonly json: boolean;
  /** How the banks behave, and what a hostile one's doings follow from. */
  readonly choice: BankChoice;
}

export const demoUsage = `usage: npm run demo -- [--data DIR] [--out DIR] [--work DIR] [--ledger tlog|qldb] [--attack] [--bank friendly|hostile] [--seed TEXT] [--json]
exit 0: done, and the audit is ok · 1: the audit found something, --attack went uncaught, or other breaks than the bank made · 2: bad arguments or a portfolio that can't be read`;

/** The options, or one sentence on what is wrong with them. */
export function readDemoOptions(
  argv: string[],
  defaults: { readonly out: string; readonly work: string },
): DemoOptions | string {
  const options = {
    data: { type: "string" },
    out: { type: "string", default: defaults.out },
    work: { type: "string", default: defaults.work },
    ledger: { type: "string", default: "tlog" },
    attack: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    bank: { type: "string", default: "friendly" },
    seed: { type: "string", default: "1" },
  } as const;
  try {
    const { values } = parseArgs({ args: argv, options });
    const { bank, seed, ...rest } = values;
    if (bank !== "friendly" && bank !== "hostile") return "--bank is friendly or hostile";
    const ledger = ledgerKinds.find((kind) => kind === values.ledger);
    if (ledger === undefined) return "--ledger is tlog or qldb";
    if (ledger === "qldb" && values.attack) return "--attack is for --ledger tlog";
    return {
      ...rest,
      ledger,
      choice: { bank, seed },
      data: values.data,
      out: resolve(values.out),
      work: resolve(values.work),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
