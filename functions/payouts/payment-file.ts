import { toHex } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import { paymentFileOf, type ReleasedPayout } from "../../shared/payout/payment-file.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import type { CommandPorts } from "../command/commit.ts";
import { openStream } from "../command/rows.ts";

/** A payment file as a bank gets it, with its SHA-256 in hexadecimal. */
export interface MadeFile {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/**
 * The payment file `file` of an insurer, made from the rows of its payouts: the same bytes whenever it is made. Undefined where there is none, or where somebody
 * in it was erased since: nobody can make it any more.
 */
export async function derivePaymentFile(
  ports: CommandPorts,
  insurer: string,
  file: Handle,
): Promise<MadeFile | undefined> {
  const payouts = await ports.store.payoutsIn(insurer, file);
  const rows = await ports.store.transaction(insurer, (on) => on.streams("payout", payouts));
  const released: ReleasedPayout[] = [];
  for (const row of rows) {
    const slot = await openStream(ports, insurer, row);
    if (slot) released.push({ payout: row.stream, state: slot.state as PayoutState });
  }
  const bytes = paymentFileOf(released);
  return bytes && { bytes, sha256: toHex(sha256(bytes)) };
}
