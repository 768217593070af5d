import type { dom } from "ion-js";
import { assert } from "../../../shared/base/malformed.ts";
import type { Placed } from "../../../shared/ports/ledger.ts";
import type { QldbClients } from "./clients.ts";
import type { RecordDocument } from "./document.ts";
import { tableName } from "./table.ts";

/**
 * One transaction: the document goes in unless its eventId is there. The select is by index, so its read set is this eventId, and of two
 * that insert it at once the service lets one commit; the driver repeats the other, which then finds it.
 */
export async function insertIfMissing(
  { driver }: QldbClients,
  log: string,
  document: RecordDocument,
): Promise<void> {
  const table = tableName(log);
  await driver.executeLambda(async (transaction) => {
    const found = await transaction.execute(
      `SELECT VALUE eventId FROM ${table} WHERE eventId = ?`,
      document.eventId,
    );
    if (found.getResultList().length === 0) {
      await transaction.execute(`INSERT INTO ${table} ?`, document);
    }
  });
}

/** Where these records stand, in the order of `eventIds`, every one of them committed. */
export async function positionsOf(
  { driver }: QldbClients,
  log: string,
  eventIds: readonly string[],
): Promise<Placed[]> {
  const marks = eventIds.map(() => "?").join(", ");
  const rows = await driver.executeLambda(async (transaction) => {
    const found = await transaction.execute(
      "SELECT data.eventId AS eventId, blockAddress.sequenceNo AS sequenceNo " +
        `FROM _ql_committed_${tableName(log)} WHERE data.eventId IN (${marks})`,
      ...eventIds,
    );
    return found.getResultList();
  });
  const positions = new Map<string, bigint>();
  for (const row of rows) {
    const eventId = row.get("eventId")?.stringValue() ?? "";
    assert(!positions.has(eventId), "a record is placed once");
    positions.set(eventId, sequenceNo(row.get("sequenceNo")));
  }
  return eventIds.map((eventId) => {
    const position = positions.get(eventId);
    assert(position !== undefined, "a committed record can be read");
    return { eventId, position };
  });
}

/** The document with this leaf hash (lower-case hexadecimal) and its block; undefined if there is none. */
export async function findByLeafHash(
  { driver }: QldbClients,
  log: string,
  leafHash: string,
): Promise<{ position: bigint; documentId: string } | undefined> {
  const rows = await driver.executeLambda(async (transaction) => {
    const found = await transaction.execute(
      "SELECT metadata.id AS documentId, blockAddress.sequenceNo AS sequenceNo " +
        `FROM _ql_committed_${tableName(log)} WHERE data.leafHash = ?`,
      leafHash,
    );
    return found.getResultList();
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  const documentId = row.get("documentId")?.stringValue() ?? "";
  return { position: sequenceNo(row.get("sequenceNo")), documentId };
}

function sequenceNo(value: dom.Value | null): bigint {
  const number = value?.numberValue();
  assert(Number.isSafeInteger(number), "a block has a sequence number");
  return BigInt(number ?? 0);
}
