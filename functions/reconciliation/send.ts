import { toHex } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import { derivePaymentFile } from "../payouts/payment-file.ts";
import type { CollectPorts } from "./collect.ts";
import { PassedOver } from "./passed-over.ts";

const pageSize = 20;

/**
 * The job: sends every released payment file that was not yet sent, derived from its payouts' rows. Where it broke off after a file left and before its row was
 * written, or where another run sends it at this very moment, the same bytes go again, which the bank knows by their MsgId. A file that can't be made, since a row was changed, holds up no other: its Malformed is thrown when all had their
 * turn. Gives how many went. Throws Unavailable.
 */
export async function sendUnsent(ports: CollectPorts, insurer: string): Promise<number> {
  const passed = new PassedOver();
  let sent = 0;
  for (let after = ""; ; ) {
    const files = await ports.rows.unsent(insurer, after, pageSize);
    for (const file of files) {
      if (await passed.over(() => send(ports, insurer, file))) sent++;
    }
    after = files.at(-1) ?? "";
    if (files.length < pageSize) break;
  }
  passed.throwFirst();
  return sent;
}

async function send(
  { commands, rows, rail }: CollectPorts,
  insurer: string,
  file: Handle,
): Promise<boolean> {
  const { payouts, bytes } = await derivePaymentFile(commands, insurer, file);
  // A released payout is open, and nobody's data is erased while something of theirs is.
  if (!bytes) throw new Malformed(`payment file ${file}`, "can't be made of its payouts");
  const conflict = { kind: "file-conflict", about: file, message: null } as const;
  if (payouts.length > rail.mostPayments) {
    // It stays unsent: another rail may carry it.
    await rows.open(insurer, [conflict], commands.clock());
    return false;
  }
  // Another run may have sent it since the list was read, and the bank have taken it away.
  if (await rows.wasSent(insurer, file)) return false;
  const answer = await rail.send(insurer, { file, payouts, bytes });
  const at = commands.clock();
  if (answer === "conflict") await rows.open(insurer, [conflict], at);
  await rows.sent(insurer, file, toHex(sha256(bytes)), at);
  return true;
}
