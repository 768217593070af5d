import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { openPool } from "../../functions/adapters/postgres/pool.ts";
import { openRecord } from "../../functions/command/openings.ts";
import { openStream, readAccumulator } from "../../functions/command/rows.ts";
import type { Services } from "../../local/platform/services.ts";
import { mainDatabase } from "../../local/postgres/where.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { AccumulatorRow } from "../../shared/ports/store.ts";
import { partContext } from "../../shared/record/part.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { type Opening, openingHash } from "../../shared/record/sealed.ts";
import { leavesFolder } from "../../shared/record/sealed-store.ts";
import { anyOf } from "./any-of.ts";

/** Every table with its columns, as the tests know them: a new one must be judged here before anything is written to it. */
export const knownColumns: Readonly<Record<string, string>> = {
  accumulator: "insurer ord person state subject version",
  bank_messages: "insurer outcome received_at sha256",
  breaks: "about closed_at closed_in insurer kind message opened_at opened_in",
  checkpoint: "committed_at insurer root size",
  claim:
    "assignee breach_due breached breached_at claimant dated_by decide_by insurer leaf_hash ord person state status stream submitted_at version",
  document: "insurer leaf_hash ord person state status stream version",
  entry: "event_id idx insurer leaf_hash record stream traceparent version",
  head: "claimed_at frontier insurer root size",
  idempotency: "caller fingerprint idempotency_key ord reply status",
  insurer: "insurer kind leaf_hash ord state stream version",
  migration_step: "hash migration state step",
  outbox: "event_id insurer leaf_hash ord record stream traceparent version",
  pack: "insurer leaf_hash ord state status stream version",
  pack_drafts: "author content created_at draft insurer pack",
  payment_files: "file insurer sent_at sha256",
  payout: "claim due file insurer leaf_hash ord person state status stream version",
  person: "insurer leaf_hash ord state status stream version",
  policy: "holder insurer leaf_hash ord person state status stream version",
  principal: "insurer issuer kind person role sub",
  qldb_revisions: "document idx insurer sequence_no",
  reconciliations: "day insurer matched number payments",
  release_orders: "content file insurer opens_at person state",
  sealed_leaves: "insurer leaves stream version",
  sealed_part: "ciphertext class insurer person stream version",
};

/** Everything that lies in a platform's folder, as the tests know it: a new place must be judged here before anything is written to it. */
export const knownFolders: readonly string[] = [
  // The stand-in for a bank, another house with books of its own, and what is on its way there and back.
  "bank",
  // The last verdict on each log, and exports: an erasure takes them all.
  "auditing",
  ...[
    "evidence",
    "issuer",
    // Uploads of policies, which an erasure takes, and what jobs said of them by line and handle.
    "jobs",
    "keys",
    "kms",
    "lock.guard",
    "policy",
    "postgres",
    "published",
    "requests.log",
  ],
  ...["sealed", "seed.json", "self-audit.json", "signer", "signing-keys", "witness"],
];

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

/** The places, table or file, where any of the forms stands. */
export async function standing(
  services: Services,
  folders: readonly string[],
  forms: readonly Buffer[],
): Promise<string[]> {
  const found = new Set<string>();
  const inRow = anyOf([...forms, ...forms.map((form) => Buffer.from(form.toString("hex")))]);
  await withAll(services, async (query) => {
    for (const table of Object.keys(knownColumns)) {
      const rows = await query<{ text: string }>(`SELECT t::text AS text FROM ${table} AS t`);
      if (rows.some(({ text }) => inRow(Buffer.from(text)))) found.add(`table ${table}`);
    }
  });
  for (const folder of folders) for (const file of filesIn(folder, forms)) found.add(file);
  return [...found].sort();
}

/** Files below `folder` that hold one of the forms. */
export function filesIn(folder: string, forms: readonly Buffer[]): string[] {
  const found: string[] = [];
  const inFile = anyOf(forms);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if (inFile(contentOf(path))) found.push(relative(folder, path));
  }
  return found;
}

/** A file's bytes; none of one that PostgreSQL removed since it was listed. */
function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

/** A reply that was kept: for whom, under which Idempotency-Key they asked, and the folder of whoever's keys are tried. */
export interface Asked {
  readonly caller: string;
  readonly key: string;
  readonly keys: string;
}

/**
 * What the keys of this platform open of one insurer's rows and private files: where, and the plain text of all of it. Sealed parts and their copies, state
 * rows, accumulators, and the replies kept for `asked`.
 */
export async function opened(
  services: Services,
  insurer: string,
  asked: readonly Asked[],
): Promise<Map<string, string>> {
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
  for (const [place, text] of await openedAmounts(services, insurer)) add(place, text);
  for (const each of asked) add("reply", await openedReply(services, insurer, each));
  return texts;
}

async function openedAmounts(services: Services, insurer: string): Promise<[string, string][]> {
  const { ports } = services;
  const rows = await withAll(services, (query) =>
    query<AccumulatorRow>(
      `SELECT subject, version, ord, state, person FROM accumulator WHERE insurer = '${insurer}'`,
    ),
  );
  const texts: [string, string][] = [];
  for (const row of rows) {
    for (const each of ["identity-and-health", "financial"] as const) {
      if (row.person) await ports.keys.find({ insurer, person: row.person, class: each });
    }
    const read = readAccumulator(ports, insurer, row.subject, row);
    const [kind] = row.subject.split("/");
    texts.push([`accumulator ${kind}`, plainText(read?.accumulator.values ?? {})]);
  }
  return texts;
}

/** What a key at hand opens of a kept reply, peeled as often as one does: the caller's layer, then that of whoever it is about. */
async function openedReply(
  services: Services,
  insurer: string,
  { caller, key, keys }: Asked,
): Promise<string> {
  const { ports } = services;
  const people = readdirSync(keys);
  const rows = await withAll(services, (query) =>
    query<{ reply: Uint8Array }>(
      `SELECT reply FROM idempotency WHERE caller = '${insurer}/${caller}'`,
    ),
  );
  const context = Buffer.from(`countersign-reply/v1\n${insurer}/${caller}\n${key}\n`);
  let text = "";
  for (const row of rows) {
    let layers = [row.reply, row.reply.subarray(32)];
    for (let depth = 0; depth < 3 && layers.length > 0; depth++) {
      const next: Uint8Array[] = [];
      for (const person of people) {
        const dataKey = await ports.keys.find({ insurer, person, class: "identity-and-health" });
        for (const layer of dataKey ? layers : []) {
          const plain = attempt(() => ports.cipher.decrypt(dataKey as Uint8Array, context, layer));
          if (!plain) continue;
          text += Buffer.from(plain).toString("latin1");
          next.push(plain, plain.subarray(32));
        }
      }
      layers = next;
    }
  }
  return text;
}

function attempt<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** Every leaf hash of a sealed tree that is kept anywhere, in hex: of the database and of its copy. */
export async function keptLeaves(services: Services, insurer: string): Promise<Set<string>> {
  const kept = new Set<string>();
  const addAll = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; at += 32) {
      kept.add(Buffer.from(bytes.subarray(at, at + 32)).toString("hex"));
    }
  };
  const rows = await withAll(services, (query) =>
    query<{ leaves: Uint8Array }>("SELECT leaves FROM sealed_leaves"),
  );
  for (const { leaves } of rows) addAll(leaves);
  for await (const key of services.sealed.list(leavesFolder(insurer))) {
    addAll((await services.sealed.get(key))?.bytes ?? new Uint8Array());
  }
  return kept;
}

/** Which of the true fields somebody who has only `salts` finds among the leaf hashes that are kept: by hashing each with each. */
export function guessed(
  leaves: ReadonlySet<string>,
  fields: readonly Pick<Opening, "path" | "value">[],
  salts: Iterable<string>,
): string[] {
  const found = new Set<string>();
  for (const salt of salts) {
    for (const { path, value } of fields) {
      const leaf = openingHash({ salt, path, value });
      if (leaves.has(Buffer.from(leaf).toString("hex"))) found.add(path);
    }
  }
  return [...found].sort();
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
