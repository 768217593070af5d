import { toHex } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import { derivePaymentFile } from "../payouts/payment-file.ts";
import type { CollectPorts } from "./collect.ts";

const perCall = 20;

/**
 * The job: sends every released payment file that was not yet sent, derived from its payouts' rows. Where it broke off after a file left and before its row was
 * written, the same bytes go again, which the bank knows. Gives how many went. Throws Unavailable.
 */
export async function sendUnsent(
  { commands, rows, rail }: CollectPorts,
  insurer: string,
): Promise<number> {
  let sent = 0;
  for (const file of await rows.unsent(insurer, perCall)) {
    const { payouts, bytes } = await derivePaymentFile(commands, insurer, file);
    // A released payout is open, and nobody's data is erased while something of theirs is.
    if (!bytes) throw new Malformed(`payment file ${file}`, "can't be made of its payouts");
    const answer = await rail.send(insurer, { file, payouts, bytes });
    const at = commands.clock();
    if (answer === "conflict") {
      await rows.open(insurer, [{ kind: "file-conflict", about: file, message: null }], at);
    }
    await rows.sent(insurer, file, toHex(sha256(bytes)), at);
    sent++;
  }
  return sent;
}
