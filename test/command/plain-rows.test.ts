import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import { decide } from "../../functions/command/decide.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { openStream } from "../../functions/command/rows.ts";
import { encodeState } from "../../shared/audit/streams.ts";
import { canonicalText } from "../../shared/base/canonical.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import {
  callerOf,
  machine,
  openInsurer,
  random,
  rulingOf,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
  usd,
} from "./platform.ts";

let platform: TestPlatform;
let admin: Pool;
let acme: Awaited<ReturnType<typeof openInsurer>>;
beforeAll(async () => {
  platform = await startPlatform();
  admin = openPool({ url: platform.superuserUrl, max: 1 });
  acme = await openInsurer(platform.ports, { limit: 10_000n });
});
afterAll(async () => {
  await admin?.end();
  await platform?.close();
});

async function referred(): Promise<string> {
  const claimant = callerOf("acme", "claimant", acme.insured);
  const claim = await submitClaimOf(platform.ports, claimant, submissionOf(acme.policy, 9_000n));
  await adjudicate(platform.ports, "acme", claim);
  return claim;
}
const rule = (claim: string) => {
  const idempotency = { key: newHandle(random), fingerprint: random(32) };
  const asked = { ifMatch: undefined, idempotency };
  const adjuster = callerOf("acme", "adjuster");
  return decide(platform.ports, adjuster, claim, rulingOf(), asked, machine().now);
};

test("a database's administrator writes no row of a person in plain: one that is nobody's does not open", async () => {
  const claim = await referred();
  const [row] = await platform.ports.store.transaction("acme", (on) =>
    on.streams("claim", [claim]),
  );
  if (!row) throw new Error("the claim has a row");
  const slot = await openStream(platform.ports, "acme", row);
  const state = { ...(slot?.state as ClaimState), claimed: usd(1n) };
  const fields = Object.entries(slot?.fields ?? {}).map(([field, { version, salt }]) => [
    field,
    [version.toString(), salt],
  ]);
  const stated = { state: encodeState("claim", state), fields: Object.fromEntries(fields) };
  const plain = canonicalText(stated);
  const write = `UPDATE claim SET person = $2, state = $3 WHERE stream = $1`;
  await admin.query(write, [claim, null, plain]);
  await expect(rule(claim)).rejects.toThrow(Malformed);
  await admin.query(write, [claim, row.person, row.state]);

  expect(await rule(claim)).toHaveProperty("committed");
  const second = await referred();
  expect(await rule(second)).toMatchObject({ refused: "limit-exceeded" });
  const unused = [`policy/${acme.policy}`, JSON.stringify({ "medical/approved": "0" })];
  await admin.query(`UPDATE accumulator SET person = NULL, state = $2 WHERE subject = $1`, unused);
  await expect(rule(second)).rejects.toThrow(Malformed);
});
