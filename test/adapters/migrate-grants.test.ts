import { afterAll, beforeAll, expect, test } from "@jest/globals";
import pg from "pg";
import { type Role, roles } from "../../local/postgres/roles.ts";
import { type FreshDatabase, freshDatabase } from "../cluster/database.ts";

let database: FreshDatabase;
const clients = new Map<Role, pg.Client>();

beforeAll(async () => {
  database = await freshDatabase();
  for (const role of roles) {
    const client = new pg.Client(database.url(role));
    await client.connect();
    clients.set(role, client);
  }
});
afterAll(async () => {
  for (const client of clients.values()) await client.end();
  await database.drop();
});

const answer = async (role: Role, statement: string): Promise<string> => {
  const result = clients.get(role)?.query(statement);
  if (result === undefined) throw new Error("no such role");
  return result.then(
    () => "done",
    (error) => (error.code === "42501" ? "forbidden" : error.message),
  );
};

const entry = "INSERT INTO entry VALUES ('i', 0, 'e', 's', 1, '', '')";

test.each<[Role, string]>([
  ["app", "UPDATE claim SET status = status"],
  ["app", "INSERT INTO outbox VALUES ('i', 1, 'e', 's', 1, '', '')"],
  ["app", "INSERT INTO sealed_part VALUES ('i', 's', 1, 'p', 'c', '')"],
  ["sequencer", entry],
  ["sequencer", "DELETE FROM outbox"],
  ["sequencer", "UPDATE head SET size = size"],
  ["publisher", "SELECT 1 FROM sealed_part"],
  ["auditor", "SELECT 1 FROM entry"],
  ["app", "UPDATE person SET status = status"],
  ["app", "UPDATE breaks SET closed_at = 1"],
  ["app", "INSERT INTO bank_messages VALUES ('i', 'a', 1, 'recorded')"],
  ["eraser", "DELETE FROM sealed_part"],
  ["eraser", "UPDATE claim SET state = ''"],
  ["eraser", "DELETE FROM principal"],
  ["eraser", "DELETE FROM idempotency"],
  ["eraser", "SELECT 1 FROM person"],
])("%s may: %s", async (role, statement) => {
  expect(await answer(role, statement)).toBe("done");
});

test.each<[Role, string]>([
  ["app", "DELETE FROM claim"],
  ["app", "DELETE FROM outbox"],
  ["app", "UPDATE outbox SET record = ''"],
  ["app", entry],
  ["app", "UPDATE head SET size = 0"],
  ["app", "INSERT INTO checkpoint VALUES ('i', 1, '', 0)"],
  ["app", "UPDATE sealed_leaves SET leaves = ''"],
  ["app", "UPDATE idempotency SET reply = ''"],
  ["app", "DELETE FROM sealed_part"],
  ["sequencer", "UPDATE entry SET record = ''"],
  ["sequencer", "DELETE FROM entry"],
  ["sequencer", "UPDATE checkpoint SET root = ''"],
  ["sequencer", "INSERT INTO outbox VALUES ('i', 2, 'f', 's', 2, '', '')"],
  ["sequencer", "SELECT 1 FROM claim"],
  ["publisher", entry],
  ["publisher", "SELECT 1 FROM claim"],
  ["auditor", "SELECT 1 FROM claim"],
  ["auditor", "UPDATE entry SET record = ''"],
  ["app", "DELETE FROM principal"],
  ["app", "DELETE FROM breaks"],
  ["app", "DELETE FROM payment_files"],
  ["app", "DELETE FROM bank_messages"],
  ["app", "UPDATE payment_files SET sent_at = 1"],
  ["app", "UPDATE reconciliations SET matched = 0"],
  ["publisher", "SELECT 1 FROM breaks"],
  ["app", "DELETE FROM idempotency"],
  ["app", "DELETE FROM person"],
  ["eraser", "DELETE FROM entry"],
  ["eraser", "DELETE FROM claim"],
  ["eraser", "UPDATE person SET state = ''"],
  ["eraser", "DELETE FROM sealed_leaves"],
  ["eraser", "UPDATE sealed_part SET ciphertext = ''"],
  ...roles.flatMap((role): [Role, string][] => [
    [role, "CREATE TABLE mine (a text)"],
    [role, "TRUNCATE entry"],
    [role, "DELETE FROM checkpoint"],
    [role, "UPDATE migration_step SET hash = ''"],
  ]),
])("%s may not: %s", async (role, statement) => {
  expect(await answer(role, statement)).toBe("forbidden");
});
