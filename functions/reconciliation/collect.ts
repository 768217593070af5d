import { isRefusal } from "../../shared/base/refusal.ts";
import type { BankRows, Break } from "../../shared/ports/bank-rows.ts";
import type { BankMessage, Rail } from "../../shared/ports/rail.ts";
import type { CommandPorts } from "../command/commit.ts";
import { maxPerFile } from "../payouts/batch.ts";
import { type BankReport, recordReports } from "../payouts/reports.ts";
import { knownFile } from "./known-file.ts";
import { fileOf, notificationSays, reportSays, type Said } from "./lines.ts";
import { PassedOver } from "./passed-over.ts";
import { type ReadMessage, readBankMessage } from "./read-message.ts";

/** What takes messages in: commands, the rows between us and banks, and the way to the bank. */
export interface CollectPorts {
  readonly commands: CommandPorts;
  readonly rows: BankRows;
  readonly rail: Rail;
}

/** How long a message whose lines wait for another one is asked for again: two days. */
export const waitsForUs = 2n * 86_400_000_000n;

/**
 * The job: takes in what the bank has left for `insurer`, each message whole or not at all, and acknowledges it once all it says is recorded. A return
 * whose booking has not come yet is left with the bank until it has, for `waitUs` at most: then it is a break. It may break off anywhere and run twice
 * at once: a message is known by its bytes, and a line by what is recorded of its payout. What can't be read is set aside. A message about a payout whose row was
 * changed stays, and holds up no other: its Malformed is thrown when all had their turn. Gives how many messages it took in. Throws Unavailable.
 */
export async function collect(
  ports: CollectPorts,
  insurer: string,
  waitUs = waitsForUs,
): Promise<number> {
  const { rail } = ports;
  const passed = new PassedOver();
  let taken = 0;
  for await (const message of rail.messages(insurer)) {
    const became = await passed.over(() => takeIn(ports, insurer, message, waitUs));
    if (became === "taken" || became === "unreadable") taken++;
    if (became === "taken" || became === "known") await rail.acknowledge(insurer, message.name);
    if (became === "unreadable") await rail.setAside(insurer, message.name);
  }
  passed.throwFirst();
  return taken;
}

type Became = "taken" | "unreadable" | "known" | "waits";

async function takeIn(
  ports: CollectPorts,
  insurer: string,
  { bytes }: BankMessage,
  waitUs: bigint,
): Promise<Became> {
  const { commands, rows } = ports;
  const read = await readBankMessage(bytes);
  const { sha256: message } = read;
  const seen = await rows.seen(insurer, message);
  if (seen?.outcome === "recorded") return "known";
  // What can't be read was perhaps not all there: the same bytes are the same break.
  if (seen && seen.outcome !== "waiting") return "unreadable";
  const at = commands.clock();
  if (read.kind === "unreadable" || read.kind === "wrong-totals") {
    await rows.open(insurer, [{ kind: read.kind, about: null, message }], at);
    await rows.took(insurer, message, read.kind, at);
    return "unreadable";
  }
  const { lines, breaks } = await saidBy(ports, insurer, read);
  await rows.open(insurer, breaks, at);
  const final = seen !== undefined && at - seen.receivedAt > waitUs;
  let waits = false;
  for (let from = 0; from < lines.length; from += maxPerFile) {
    const some = lines.slice(from, from + maxPerFile).map((line) => ({ ...line, final }));
    const found = await record(commands, insurer, some);
    await rows.open(insurer, found.breaks, at);
    for (const closed of found.closed) await rows.close(insurer, closed, at);
    waits ||= found.waits;
  }
  await rows.took(insurer, message, waits ? "waiting" : "recorded", at);
  return waits ? "waits" : "taken";
}

async function saidBy(
  { commands }: CollectPorts,
  insurer: string,
  read: Extract<ReadMessage, { readonly kind: "notification" | "report" }>,
): Promise<Said> {
  if (read.kind === "notification") return notificationSays(read.items, read.sha256);
  const file = fileOf(read.items);
  const known = file === undefined ? undefined : await knownFile(commands, insurer, file);
  return reportSays(read.items, known, read.sha256);
}

/** Records up to 100 lines; gives the breaks they are, those they close, and whether one of them waits. */
async function record(
  commands: CommandPorts,
  insurer: string,
  lines: readonly BankReport[],
): Promise<{ readonly breaks: Break[]; readonly closed: Break[]; readonly waits: boolean }> {
  const done = await recordReports(commands, insurer, lines);
  if (isRefusal(done)) throw new Error(`bug: bank lines are refused (${done.refused})`);
  const breaks = done.outcomes.flatMap((outcome, at): Break[] => {
    const line = lines[at];
    const message = line?.message ?? null;
    if (typeof outcome === "object") {
      if ("reversed" in outcome) return [];
      return [{ kind: outcome.break, about: line?.payout ?? null, message }];
    }
    if (outcome === "other-account") return [{ kind: outcome, about: null, message }];
    // Of a payout that has as many breaks as it remembers, sixteen are on the list.
    const nobodys = outcome === "unknown" || outcome === "erased";
    return nobodys ? [{ kind: "unknown-payment", about: null, message }] : [];
  });
  const closed = done.outcomes.flatMap((outcome, at): Break[] =>
    typeof outcome === "object" && "reversed" in outcome
      ? [{ ...outcome.reversed, about: lines[at]?.payout ?? null }]
      : [],
  );
  return { breaks, closed, waits: done.outcomes.includes("waits") };
}
