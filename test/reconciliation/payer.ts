import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { instantRail } from "../../functions/adapters/rail/instant-rail.ts";
import { releaseOrdered } from "../../functions/payouts/release-orders.ts";
import { type CollectPorts, collect } from "../../functions/reconciliation/collect.ts";
import { reconcile } from "../../functions/reconciliation/reconcile.ts";
import { sendUnsent } from "../../functions/reconciliation/send.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { clearly } from "../payout/sample.ts";
import { openPayer, type Setting } from "./payer-ports.ts";

/*
 * Carries out release orders, sends, collects and reconciles for each insurer in turn, again and again, until this process kills itself, leaving `marker`, or its
 * standard input ends. It dies before or after an effect, when the `dieAt`th of these is seen, of those called `of` where any are named. One with a `bank` is paid for over the instant rail there, others by files.
 */
const {
  setting,
  insurers,
  dieAt,
  of,
  marker,
}: {
  setting: Setting;
  insurers: readonly { readonly insurer: string; readonly bank?: string }[];
  dieAt: number;
  of: readonly string[];
  marker: string;
} = JSON.parse(process.argv[2] ?? "");
process.stdin.resume().once("end", () => process.exit(0));

let effects = 0;
function step(name: string): void {
  if (of.length > 0 && !of.includes(name)) return;
  effects++;
  if (effects !== dieAt) return;
  writeFileSync(marker, "");
  process.kill(process.pid, "SIGKILL");
}

/** `port` with every call of `names` seen to begin and to end. */
function watched<Port extends object>(port: Port, names: readonly (keyof Port)[]): Port {
  const seen = names.map((name) => {
    const call = port[name] as unknown as (...values: unknown[]) => Promise<unknown>;
    return [
      name,
      async (...values: unknown[]) => {
        step(String(name));
        const done = await call(...values);
        step(String(name));
        return done;
      },
    ];
  });
  return { ...port, ...Object.fromEntries(seen) };
}

const { commands, collecting, orders } = openPayer(setting);
const portsOf = (bank: string | undefined): CollectPorts => ({
  commands: { ...commands, store: watched(commands.store, ["transaction"]) },
  rows: watched(collecting.rows, ["sent", "took", "open", "close", "freeze"]),
  rail: watched(bank === undefined ? collecting.rail : instantRail(bank), ["send", "acknowledge"]),
});
const unexpected = (error: unknown): never => {
  throw error;
};
for (;;) {
  for (const { insurer, bank } of insurers) {
    const ports = portsOf(bank);
    try {
      const ordering = { ...ports.commands, orders: watched(orders, ["end"]) };
      await releaseOrdered(ordering, insurer, clearly, unexpected);
      await sendUnsent(ports, insurer);
      await collect(ports, insurer);
      await reconcile(ports.commands, ports.rows, insurer);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
  }
  await sleep(5);
}
