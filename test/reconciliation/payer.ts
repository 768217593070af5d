import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { releaseOrdered } from "../../functions/payouts/release-orders.ts";
import { type CollectPorts, collect } from "../../functions/reconciliation/collect.ts";
import { reconcile } from "../../functions/reconciliation/reconcile.ts";
import { sendUnsent } from "../../functions/reconciliation/send.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { clearly } from "../payout/sample.ts";
import { openPayer, type Setting } from "./payer-ports.ts";

/*
 * Carries out release orders, sends, collects and reconciles for one insurer, again and again, until this process kills itself before or after its `dieAt`th effect, leaving
 * `marker`, or its standard input ends.
 */
const {
  setting,
  insurer,
  dieAt,
  marker,
}: {
  setting: Setting;
  insurer: string;
  dieAt: number;
  marker: string;
} = JSON.parse(process.argv[2] ?? "");
process.stdin.resume().once("end", () => process.exit(0));

let effects = 0;
function step(): void {
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
        step();
        const done = await call(...values);
        step();
        return done;
      },
    ];
  });
  return { ...port, ...Object.fromEntries(seen) };
}

const { commands, collecting, orders } = openPayer(setting);
const ports: CollectPorts = {
  commands: { ...commands, store: watched(commands.store, ["transaction"]) },
  rows: watched(collecting.rows, ["sent", "answered", "took", "open", "close", "freeze"]),
  rail: watched(collecting.rail, ["send", "acknowledge"]),
};
const ordering = { ...ports.commands, orders: watched(orders, ["end"]) };
const unexpected = (_: string, error: unknown): never => {
  throw error;
};
for (;;) {
  try {
    await releaseOrdered(ordering, insurer, clearly, unexpected);
    await sendUnsent(ports, insurer);
    await collect(ports, insurer);
    await reconcile(ports.commands, ports.rows, insurer);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
  }
  await sleep(5);
}
