import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { openPool } from "../../functions/adapters/postgres/pool.ts";
import { openRecord } from "../../functions/command/openings.ts";
import { openStream } from "../../functions/command/rows.ts";
import type { Services } from "../../local/platform/services.ts";
import { mainDatabase } from "../../local/postgres/where.ts";
import { canonicalText, type Json } from "../../shared/base/canonical.ts";
import { partContext } from "../../shared/record/part.ts";
import { parseRecord } from "../../shared/record/record.ts";

/** Every table with its columns, as the tests know them: a new one must be judged here before anything is written to it. */
export const knownColumns: Readonly<Record<string, string>> = {
  accumulator: "insurer ord person state subject version",
  checkpoint: "committed_at insurer root size",
  claim: "insurer leaf_hash ord person state status stream version",
  entry: "event_id idx insurer leaf_hash record stream version",
  head: "claimed_at frontier insurer root size",
  idempotency: "caller fingerprint idempotency_key ord reply status",
  insurer: "insurer kind leaf_hash ord state stream version",
  migration_step: "hash migration state step",
  outbox: "event_id insurer leaf_hash ord record stream version",
  pack: "insurer leaf_hash ord state status stream version",
  payout: "claim insurer leaf_hash ord person state status stream version",
  person: "insurer leaf_hash ord state status stream version",
  policy: "insurer leaf_hash ord person state status stream version",
  principal: "insurer issuer kind person role sub",
  sealed_leaves: "insurer leaves stream version",
  sealed_part: "ciphertext class insurer person stream version",
};

/** The tables of the database and their columns, as it says itself. */
export async function columnsOf(services: Services): Promise<Record<string, string>> {
  return withAll(services, async (query) => {
    const rows = await query<{ table_name: string; names: string }>(
      `SELECT table_name, string_agg(column_name, ' ' ORDER BY column_name) AS names
       FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name`,
    );
    return Object.fromEntries(rows.map((row) => [row.table_name, row.names]));
  });
}

/** Every way a value may stand somewhere: itself, as JSON, base64 at each of three offsets, hex, and its SHA-256. */
export function formsOf(value: Json): Buffer[] {
  const texts = [typeof value === "string" ? value : canonicalText(value), canonicalText(value)];
  return texts.flatMap((text) => {
    const plain = Buffer.from(text);
    const digest = createHash("sha256").update(plain).digest();
    const base64 = [0, 1, 2].map((pad) => {
      const whole = Buffer.concat([Buffer.alloc(pad), plain]).toString("base64");
      return Buffer.from(whole.slice(4, whole.length - 4));
    });
    const hex = [plain, digest].map((bytes) => Buffer.from(bytes.toString("hex")));
    return [plain, digest, Buffer.from(digest.toString("base64")), ...hex, ...base64];
  });
}

/** The places, table or file, where any of the forms stands. */
export async function standing(
  services: Services,
  folders: readonly string[],
  forms: readonly Buffer[],
): Promise<string[]> {
  const found = new Set<string>();
  await withAll(services, async (query) => {
    for (const table of Object.keys(knownColumns)) {
      const rows = await query<{ text: string }>(`SELECT t::text AS text FROM ${table} AS t`);
      for (const { text } of rows) {
        const row = Buffer.from(text);
        if (forms.some((form) => row.includes(form) || row.includes(form.toString("hex")))) {
          found.add(`table ${table}`);
        }
      }
    }
  });
  for (const folder of folders) for (const file of filesIn(folder, forms)) found.add(file);
  return [...found].sort();
}

/** Files below `folder` that hold one of the forms. */
export function filesIn(folder: string, forms: readonly Buffer[]): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    if (forms.some((form) => bytes.includes(form))) found.push(relative(folder, path));
  }
  return found;
}

/** What the keys of this platform open of one insurer's rows and private files: where, and the plain text of all of it. */
export async function opened(services: Services, insurer: string): Promise<Map<string, string>> {
  const { ports, sealed } = services;
  const texts = new Map<string, string>();
  const add = (place: string, text: string) => texts.set(place, (texts.get(place) ?? "") + text);
  const rows = await withAll(services, (query) =>
    query<{ kind: "claim" | "policy" | "payout"; stream: string }>(
      `SELECT 'claim' AS kind, stream FROM claim UNION ALL SELECT 'policy', stream FROM policy
       UNION ALL SELECT 'payout', stream FROM payout`,
    ),
  );
  for (const { kind, stream } of rows) {
    const [row] = await ports.store.transaction(insurer, (on) => on.streams(kind, [stream]));
    const slot = row && (await openStream(ports, insurer, row));
    if (slot) add(`row ${kind}`, plainText({ state: slot.state, fields: slot.fields }));
    for (const stored of await ports.store.records(insurer, stream)) {
      for (const opening of await openRecord(ports, insurer, stored)) {
        add(`part ${kind}`, plainText(opening));
      }
      const record = parseRecord(stored.record);
      if (!("sealed" in record.body)) continue;
      for await (const key of sealed.list(`${insurer}/${stream}/${stored.version}.`)) {
        const [, person = "", part = ""] = key.split("/").at(-1)?.split(".") ?? [];
        const name = { person, class: part as "financial" };
        const dataKey = await ports.keys.find({ insurer, ...name });
        const object = await sealed.get(key);
        if (!dataKey || !object) continue;
        const { root } = record.body.sealed;
        const context = partContext(record.origin, stream, stored.version, root, name);
        const plain = ports.cipher.decrypt(dataKey, context, object.bytes);
        add(`sealed ${kind}`, Buffer.from(plain).toString());
      }
    }
  }
  return texts;
}

const plainText = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === "bigint" ? each.toString() : each));

type Query = <Row extends object>(text: string) => Promise<Row[]>;
async function withAll<T>(services: Services, body: (query: Query) => Promise<T>): Promise<T> {
  const pool = openPool({ url: services.server.superuserUrl(mainDatabase), max: 1 });
  try {
    return await body(async <Row extends object>(text: string) => {
      const { rows } = await pool.query<Row>(text);
      return rows;
    });
  } finally {
    await pool.end();
  }
}
