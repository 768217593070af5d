import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import {
  callerOf,
  openInsurer,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
} from "./platform.ts";

let platform: TestPlatform;
let owner: Pool;
beforeAll(async () => {
  platform = await startPlatform();
  owner = openPool({ url: platform.superuserUrl, max: 1 });
});
afterAll(async () => {
  await owner.end();
  await platform.close();
});

test("a claim of more records than one page gives all of them, in order, placed or waiting", async () => {
  const { insurer, policy, terms } = await openInsurer(platform.ports);
  const submission = { ...submissionOf(policy, 1_000n, 600n), onBehalfOf: terms.insured };
  const claim = await submitClaimOf(platform.ports, callerOf(insurer, "intake"), submission);
  const placed = 1_500;
  const all = 2_300n;
  await owner.query(
    `INSERT INTO entry (insurer, idx, event_id, stream, version, leaf_hash, record)
     SELECT insurer, 1000000 + n, event_id || '-' || n, stream, n, leaf_hash, record
     FROM outbox, generate_series(2, ${placed}) AS n WHERE insurer = $1 AND stream = $2`,
    [insurer, claim],
  );
  await owner.query(
    `INSERT INTO outbox (insurer, ord, event_id, stream, version, leaf_hash, record)
     SELECT insurer, ord + n, event_id || '-' || n, stream, n, leaf_hash, record
     FROM outbox, generate_series(${placed + 1}, ${all}) AS n WHERE insurer = $1 AND stream = $2`,
    [insurer, claim],
  );
  const records = await platform.ports.store.records(insurer, claim);
  expect(records.map(({ version }) => version)).toEqual(
    Array.from({ length: Number(all) }, (_, at) => BigInt(at + 1)),
  );
  expect(records.filter(({ index }) => index !== null)).toHaveLength(placed - 1);
});
