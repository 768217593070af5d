import type { TransactionExecutor } from "amazon-qldb-driver-nodejs";
import type { dom } from "ion-js";
import { assert } from "../../../shared/base/malformed.ts";
import type { PendingRecord } from "../../../shared/ports/ledger.ts";
import type { PlacedRevision } from "../../../shared/ports/pending.ts";
import { tableName } from "../../../shared/qldb/record-document.ts";
import type { QldbClients } from "./clients.ts";
import { documentOf } from "./document.ts";

/** Most documents a QLDB transaction writes (service quota). */
export const maxDocuments = 40;

/**
 * One transaction: those of `waiting` that are not there go in, at the positions from `count` on, unless something stands there already. Both selects
 * are by index, so the read set is these positions and eventIds: of two that insert at once the service lets one commit, the driver repeats the other,
 * which then finds what the first one placed.
 */
export async function insertMissing(
  { driver }: QldbClients,
  log: string,
  count: bigint,
  waiting: readonly PendingRecord[],
): Promise<void> {
  const table = tableName(log);
  await driver.executeLambda(async (transaction) => {
    const positions = positionsFrom(count, waiting.length);
    if ((await strings(transaction, table, "index", positions)).length > 0) return;
    const eventIds = waiting.map(({ eventId }) => eventId);
    const there = new Set(await strings(transaction, table, "eventId", eventIds));
    const missing = waiting.filter(({ eventId }) => !there.has(eventId));
    if (missing.length === 0) return;
    const documents = missing.map((pending, i) => documentOf(pending, count + BigInt(i)));
    await transaction.execute(`INSERT INTO ${table} ?`, documents);
  });
}

/** What stands at the positions from `count` on, at most `most`, in order. */
export async function placedFrom(
  { driver }: QldbClients,
  log: string,
  count: bigint,
  most: number,
): Promise<PlacedRevision[]> {
  const positions = positionsFrom(count, most);
  const rows = await driver.executeLambda(async (transaction) => {
    const found = await transaction.execute(
      'SELECT data.eventId AS eventId, data."index" AS "position", ' +
        "blockAddress.sequenceNo AS sequenceNo, metadata.id AS documentId " +
        `FROM _ql_committed_${tableName(log)} WHERE data."index" IN (${marks(positions)})`,
      ...positions,
    );
    return found.getResultList();
  });
  const placed = rows
    .map((row) => ({
      eventId: text(row.get("eventId")),
      position: intOf(row.get("position")),
      sequenceNo: intOf(row.get("sequenceNo")),
      documentId: text(row.get("documentId")),
    }))
    .sort((a, b) => (a.position < b.position ? -1 : 1));
  placed.forEach(({ position }, i) => {
    assert(position === count + BigInt(i), "positions of a log follow each other, each once");
  });
  return placed;
}

const positionsFrom = (count: bigint, most: number): number[] =>
  Array.from({ length: most }, (_, i) => Number(count) + i);

const marks = (values: readonly unknown[]): string => values.map(() => "?").join(", ");

async function strings(
  transaction: TransactionExecutor,
  table: string,
  field: string,
  values: readonly unknown[],
): Promise<string[]> {
  const found = await transaction.execute(
    `SELECT VALUE eventId FROM ${table} WHERE "${field}" IN (${marks(values)})`,
    ...values,
  );
  return found.getResultList().map((value) => value.stringValue() ?? "");
}

const text = (value: dom.Value | null): string => value?.stringValue() ?? "";

function intOf(value: dom.Value | null): bigint {
  const number = value?.numberValue();
  assert(Number.isSafeInteger(number), "a position is an int");
  return BigInt(number ?? 0);
}
