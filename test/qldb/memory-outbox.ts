import { equal } from "../../shared/base/bytes.ts";
import type { PendingRecord } from "../../shared/ports/ledger.ts";
import type { PendingRecords, PlacedRevision } from "../../shared/ports/pending.ts";
import { LostRace } from "../../shared/ports/store.ts";

/** The outbox of one log, in memory: what `add` was given waits until it is placed. */
export function memoryOutbox(
  log: string,
): PendingRecords & { add(records: readonly PendingRecord[]): void } {
  const waiting = new Map<string, PendingRecord>();
  const held: { readonly place: PlacedRevision; readonly leafHash: Uint8Array }[] = [];
  const order = (a: PendingRecord, b: PendingRecord) =>
    a.ord === b.ord ? (a.eventId < b.eventId ? -1 : 1) : a.ord < b.ord ? -1 : 1;
  return {
    add: (records) => {
      for (const record of records) waiting.set(record.eventId, record);
    },
    placedCount: async (asked) => (asked === log ? BigInt(held.length) : 0n),
    first: async (asked, max) =>
      asked === log ? [...waiting.values()].sort(order).slice(0, max) : [],
    waiting: async (_log, eventIds) => eventIds.filter((id) => waiting.has(id)).length,
    place: async (_log, count, placed) => {
      const gone = placed.some(({ eventId }) => !waiting.has(eventId));
      if (count !== BigInt(held.length) || gone) throw new LostRace("another caller moved on");
      for (const place of placed) {
        const leafHash = waiting.get(place.eventId)?.leafHash ?? new Uint8Array();
        held.push({ place, leafHash });
        waiting.delete(place.eventId);
      }
    },
    placedWithin: async (_log, blocks) =>
      BigInt(held.filter(({ place }) => place.sequenceNo < blocks).length),
    find: async (asked, leafHash) =>
      asked === log ? held.find((one) => equal(one.leafHash, leafHash))?.place : undefined,
  };
}
