import { fromUtf8 } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { payoutOf } from "../../shared/iso20022/identifiers.ts";
import type { CommandPorts } from "../command/commit.ts";
import { derivePaymentFile } from "../payouts/payment-file.ts";
import type { KnownFile } from "./lines.ts";

/**
 * A payment file of ours, by its bytes, which are made again from its payouts; undefined where no payout was released in a file of that name. We wrote
 * it, so it is read by its text. Throws Unavailable.
 */
export async function knownFile(
  commands: CommandPorts,
  insurer: string,
  file: Handle,
): Promise<KnownFile | undefined> {
  const { payouts, bytes } = await derivePaymentFile(commands, insurer, file);
  if (payouts.length === 0) return undefined;
  if (!bytes) return { batches: new Map([["", payouts]]) };
  const text = fromUtf8(bytes);
  const batches = new Map<string, readonly Handle[]>();
  for (const [, id = "", content = ""] of text.matchAll(
    /<PmtInfId>([^<]+)<\/PmtInfId>([\s\S]*?)<\/PmtInf>/g,
  )) {
    const ids = content.matchAll(/<EndToEndId>([^<]+)</g);
    batches.set(
      id,
      [...ids].flatMap(([, endToEndId = ""]) => payoutOf(endToEndId) ?? []),
    );
  }
  const header = text.slice(0, text.indexOf("</GrpHdr>"));
  const stated = (name: string): string => new RegExp(`<${name}>([^<]+)<`).exec(header)?.[1] ?? "";
  return { count: BigInt(stated("NbOfTxs")), sum: stated("CtrlSum"), batches };
}
