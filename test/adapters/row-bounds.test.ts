import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { loadMigrations } from "../../functions/adapters/postgres/migrate-steps.ts";
import { mostColumnBytes } from "../../functions/adapters/postgres/write-limits.ts";
import { orderSchema } from "../../functions/payouts/release-orders.ts";
import { formOf } from "../../shared/audit/streams.ts";
import { streamKinds } from "../../shared/base/event.ts";
import { heads } from "../../shared/claim/heads.ts";
import { claimStateSchema, clockNames } from "../../shared/claim/state.ts";
import { lineSchema } from "../../shared/claim/submission.ts";
import { maxPackBytes } from "../../shared/coverage/pack-bytes.ts";
import { maxRules, maxTables } from "../../shared/coverage/pack-form.ts";
import { maxRuleSteps } from "../../shared/coverage/step-form.ts";
import { payoutStateSchema } from "../../shared/payout/state.ts";
import { documentStateSchema, mostDataBytes } from "../../shared/policy/document.ts";
import { insurerStateSchema } from "../../shared/policy/insurer.ts";
import { packStateSchema } from "../../shared/policy/pack.ts";
import { personStateSchema } from "../../shared/policy/person.ts";
import { policyStateSchema } from "../../shared/policy/policy.ts";
import { maxRecordBytes } from "../../shared/record/record.ts";
import { sealedSizes } from "../../shared/record/types.ts";
import { largestJson } from "./largest-json.ts";

/*
 * The largest value of each column and the largest row of each table, by the schemas of what gets in, beside what Aurora DSQL takes: 1 MiB a column, 2 MiB a row, 1 KiB a key.
 * Whoever raises a limit or adds a column meets it here.
 */
const mostRowBytes = 2 * mostColumnBytes;
const mostKeyBytes = 1_024;

/** A name's or an amount's place in a row of amounts: `"…":"123",`, of a name of `chars` characters, by how many bytes each is written with at most. */
const amount = (chars: number, each = 1): number => chars * each + 26;
/** A policy's row has a mark for each of its decided claims: so many are reckoned with, and amounts of so many steps and periods. */
const [decidedClaims, amountsOfSteps] = [5_000, 100];
const claimAmounts = (heads.length * 6 + 2) * amount(30);
const policyAmounts = decidedClaims * amount(54) + amountsOfSteps * amount(200, 6);
const counted = (1 + maxRuleSteps) * amount(200, 6) + amount(54);

const field = (type: string, name: string): z.ZodType => {
  const { shape } = formOf(type).schema as unknown as { shape: Record<string, z.ZodType> };
  return shape[name] as z.ZodType;
};
const namesOf = (type: string): string[] =>
  Object.keys((formOf(type).schema as unknown as { shape: object }).shape);

/** What facts a decision states: fields of its claim and policy. */
const stated = () =>
  ["claim.submitted", "policy.issued"]
    .flatMap((type) => namesOf(type).map((name) => largestJson(field(type, name))))
    .reduce((sum, each) => sum + each);
/** A trace: what was read, rules, tables, steps, the award by line, what was taken. */
const traced = () =>
  stated() + maxRules * 110 + maxTables * (110 + 200 * 6) + maxRuleSteps * 500 + 100 * 24 + 16 * 90;

/** Of fields whose schema leaves it to who makes them. */
const made: Readonly<Record<string, () => number>> = {
  "claim.decided inputs": () => stated() + 64 * 300,
  "claim.decided trace": traced,
  "claim.decided accumulators": () => claimAmounts + policyAmounts,
  "claim.decided counts": () => counted,
  "claim.reserved accumulators": () => claimAmounts,
  "payout.proposed inputs": () => 8 * 2_000,
  "payout.proposed accumulators": () => claimAmounts,
  "payout.approved accumulators": () => claimAmounts,
  "document.imported data": () => mostDataBytes,
};
const largestField = (type: string, name: string): number =>
  made[`${type} ${name}`]?.() ?? largestJson(field(type, name));
/** An opening with its salt. */
const opening = (type: string, name: string): number =>
  largestField(type, name) + name.length + 44 + 12;
const sum = (of: readonly number[]): number => of.reduce((all, each) => all + each, 0);

/** AES-256-GCM: nonce and tag. */
const sealedIn = (bytes: number): number => bytes + 28;
/** The state of a row is kept as base64. */
const closed = (bytes: number): number => Math.ceil((4 * sealedIn(bytes)) / 3) + 2;

/** The largest part of a record: what of it one person's key closes under one class. */
const largestPart = (type: string): number => {
  const { financial } = formOf(type);
  const under = (is: boolean) =>
    namesOf(type)
      .filter((name) => financial.includes(name) === is)
      .map((name) => opening(type, name));
  return sealedIn(Math.max(sum(under(true)), sum(under(false))));
};
/** The answer to a command: its record, quotes escaped, and all openings; a machine's decision and an import answer nobody. */
const largestReply = (type: string): number =>
  2 * maxRecordBytes +
  sum(
    namesOf(type)
      .filter((name) => !(type === "claim.decided" && ["trace", "reductions"].includes(name)))
      .map((name) => opening(type, name) + 40),
  );

const sealedTypes = Object.keys(sealedSizes);
const referable = (kind: string): number =>
  sum(
    sealedTypes
      .map(formOf)
      .filter((form) => form.kind === kind)
      .flatMap((form) => form.referable.map((name) => name.length + 80)),
  );
const bounds = { "decision.counts": counted };
const state = {
  insurer: largestJson(insurerStateSchema()),
  pack: largestJson(packStateSchema()),
  person: largestJson(personStateSchema()),
  policy: closed(largestJson(policyStateSchema()) + referable("policy")),
  claim: closed(largestJson(claimStateSchema(), bounds) + referable("claim")),
  payout: closed(largestJson(payoutStateSchema()) + referable("payout")),
  document: closed(largestJson(documentStateSchema()) + referable("document")),
};
const [handle, hash, insurer, word] = [32, 64, 63, 24];
const ofStreams = Object.fromEntries(
  streamKinds.map((kind) => [`${kind}.state`, state[kind]] as const),
);

/** By column; a column of any table is looked for by its name alone, too. */
const largest: Readonly<Record<string, number>> = {
  ...ofStreams,
  "accumulator.state": closed(policyAmounts),
  "release_orders.state": word,
  "accumulator.subject": "policy/".length + handle,
  "sealed_part.ciphertext": Math.max(...sealedTypes.map(largestPart)),
  "sealed_leaves.leaves": 32 * Math.max(...Object.values(sealedSizes)),
  "idempotency.reply": sealedIn(
    handle +
      sealedIn(
        200 + Math.max(...sealedTypes.filter((t) => t !== "document.imported").map(largestReply)),
      ),
  ),
  "idempotency.caller": insurer + 1 + handle,
  "idempotency.idempotency_key": hash,
  "pack_drafts.content": 3 * maxPackBytes,
  "release_orders.content": closed(largestJson(orderSchema)),
  "head.frontier": 64 * 32,
  "principal.issuer": 200,
  "principal.sub": 200,
  "qldb_revisions.document": 64,
  "claim.breached": clockNames.join(" ").length,
  ...{ record: maxRecordBytes, traceparent: 55, event_id: handle, leaf_hash: 32, root: 32 },
  ...{ insurer, stream: handle, person: handle, claimant: handle, assignee: handle },
  ...{ holder: handle, claim: handle, file: handle, about: handle, draft: handle, pack: handle },
  ...{ author: handle, status: word, kind: word, role: word, outcome: word, class: word },
  ...{ sha256: hash, message: hash, fingerprint: 32 },
};

const columns = new Map<string, Map<string, string>>();
const keys: { readonly table: string; readonly names: readonly string[] }[] = [];
for (const { statement } of loadMigrations().flatMap(({ steps }) => steps)) {
  const [, made, body = ""] = /^CREATE TABLE (\w+) \(([\s\S]*)\)$/.exec(statement) ?? [];
  const [, altered, added = ""] = /^ALTER TABLE (\w+) ADD COLUMN ([\s\S]*)$/.exec(statement) ?? [];
  const [, indexed, on = ""] = /INDEX \w+ ON (\w+) \((.*)\)$/.exec(statement) ?? [];
  const table = made ?? altered ?? indexed ?? "";
  const known = columns.get(table) ?? new Map<string, string>();
  if (made ?? altered) columns.set(table, known);
  for (const [, name = "", type = ""] of (body || added).matchAll(
    /(\w+) (text|bytea|bigint|integer)\b/g,
  )) {
    known.set(name, type);
  }
  const lists = [...body.matchAll(/(?:PRIMARY KEY|UNIQUE) \(([^)]*)\)/g)].map(
    ([, list = ""]) => list,
  );
  for (const list of [...lists, on].filter((each) => each !== "" && !each.includes("("))) {
    keys.push({ table, names: list.split(/, */) });
  }
}
const bytesOf = (table: string, name: string): number => {
  if (/^(bigint|integer)$/.test(columns.get(table)?.get(name) ?? "")) return 8;
  const bound = largest[`${table}.${name}`] ?? largest[name];
  if (bound === undefined) throw new Error(`${table}.${name} has no bound`);
  return bound;
};

describe("the largest that the door lets through", () => {
  test.each([...columns.keys()])("into %s fits a column and a row of Aurora DSQL", (table) => {
    const names = [...(columns.get(table)?.keys() ?? [])];
    expect(names.length).toBeGreaterThan(2);
    const over = names.filter((name) => bytesOf(table, name) > mostColumnBytes);
    expect(over).toEqual([]);
    expect(sum(names.map((name) => bytesOf(table, name)))).toBeLessThan(mostRowBytes);
  });

  test("is a key of at most 1 KiB in every index", () => {
    expect(keys.length).toBeGreaterThan(40);
    for (const { table, names } of keys) {
      expect([
        table,
        names,
        sum(names.map((name) => bytesOf(table, name))) <= mostKeyBytes,
      ]).toEqual([...[table, names, true]]);
    }
  });
});

test("a largest JSON is that of a value the schema takes, and of none it refuses", () => {
  const text = (chars: number) => "\u0001".repeat(chars);
  const money = { amount: `${"9".repeat(15)}.99`, currency: "USD" };
  const contracted = { amount: money, source: text(120) };
  const largest = { service: text(120), claimed: money, contracted };
  expect(lineSchema.safeParse(largest).success).toBe(true);
  expect(lineSchema.safeParse({ ...largest, service: text(121) }).success).toBe(false);
  const bytes = JSON.stringify(largest).length;
  expect(largestJson(lineSchema)).toBeGreaterThanOrEqual(bytes);
  // An amount's pattern is narrower than its length, of which each unit is reckoned as escaped.
  expect(largestJson(lineSchema)).toBeLessThan(bytes + 2 * 6 * 40);
  expect(() => largestJson(z.object({ name: z.string() }))).toThrow("name has no bound");
});

test("a document's data is refused where it is larger as JSON than a record holds", () => {
  const data = field("document.imported", "data");
  const quotes = (kibi: number) => '"'.repeat(kibi * 1024);
  expect(data.safeEncode(quotes(380)).success).toBe(true);
  expect(data.safeEncode(quotes(400)).success).toBe(false);
  expect(data.safeEncode("x".repeat(400 * 1024)).success).toBe(true);
});
