import { toHex } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { sha256OfPieces } from "../../shared/base/sha256.ts";
import { type MessageLimits, messageLimits } from "../../shared/iso20022/message-limits.ts";
import type { MessageReader } from "../../shared/iso20022/message-reader.ts";
import { notificationReader } from "../../shared/iso20022/notification.ts";
import type { NotificationItem } from "../../shared/iso20022/notification-item.ts";
import { type StatusItem, statusReportReader } from "../../shared/iso20022/status-report.ts";

/** What a message is held to that is kept whole until its end was read: about 100 MB of memory at the worst. */
export const collectLimits: MessageLimits = {
  ...messageLimits,
  documentBytes: 2 ** 28,
  elements: 200_000,
};

/** A message that was read to its end, or why nothing of it counts. `sha256` is of its bytes, of one that is too long of those up to the limit. */
export type ReadMessage = { readonly sha256: string } & (
  | { readonly kind: "notification"; readonly items: readonly NotificationItem[] }
  | { readonly kind: "report"; readonly items: readonly StatusItem[] }
  | { readonly kind: "unreadable"; readonly why: string }
  | { readonly kind: "wrong-totals" }
);

/** The root's namespace stands in its first tag; whoever writes a longer head than this is not a bank. */
const headBytes = 1_024;

/** Reads a bank's message piece by piece. Nothing in it is believed unless all of it can be read and what it states of itself holds. Throws Unavailable. */
export async function readBankMessage(
  bytes: AsyncIterable<Uint8Array>,
  limits: MessageLimits = collectLimits,
): Promise<ReadMessage> {
  const hash = sha256OfPieces();
  const reading = readerOf(limits);
  let why: string | undefined;
  let size = 0;
  for await (const piece of bytes) {
    const rest = piece.subarray(0, Math.max(0, limits.documentBytes - size));
    hash.add(rest);
    size += piece.length;
    why ??= malformed(() => reading.read(piece));
    if (size > limits.documentBytes) break;
  }
  why ??= malformed(() => reading.end());
  const sha256 = toHex(hash.digest());
  if (why !== undefined) return { sha256, kind: "unreadable", why };
  const { kind, items } = reading;
  if (items.some((item) => item.kind === "discrepancy")) return { sha256, kind: "wrong-totals" };
  return kind === "notification"
    ? { sha256, kind, items: items as NotificationItem[] }
    : { sha256, kind: "report", items: items as StatusItem[] };
}

function malformed(read: () => void): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

type Item = NotificationItem | StatusItem;

/** Chooses the reader by the first bytes, which it then gets too. */
function readerOf(limits: MessageLimits) {
  const items: Item[] = [];
  let kind: "notification" | "report" | undefined;
  let reader: MessageReader<Item> | undefined;
  let head: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  const choose = (): MessageReader<Item> => {
    kind = Buffer.from(head).includes("camt.054") ? "notification" : "report";
    return kind === "notification" ? notificationReader(limits) : statusReportReader(limits);
  };
  const take = (found: readonly Item[]): void => {
    for (const item of found) items.push(item);
  };
  return {
    items,
    get kind() {
      return kind;
    },
    read: (piece: Uint8Array): void => {
      if (reader) {
        take(reader.read(piece));
        return;
      }
      head = Buffer.concat([head, piece]);
      if (head.length < headBytes) return;
      reader = choose();
      take(reader.read(head));
    },
    end: (): void => {
      if (!reader) {
        reader = choose();
        take(reader.read(head));
      }
      take(reader.end());
    },
  };
}
