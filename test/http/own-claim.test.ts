import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { setBands } from "../../functions/operator/core.ts";
import { releaseFile } from "../../functions/payouts/release.ts";
import { screenAndApprove } from "../../functions/payouts/screening.ts";
import { formatInstant } from "../../shared/base/instant.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import {
  callerOf,
  openInsurer,
  random,
  somebody,
  submissionOf,
  submitClaimOf,
} from "../command/platform.ts";
import { clearly } from "../payout/sample.ts";
import { startDesk, type TestDesk } from "./desk.ts";

/** One human with three logins, all of one person: insured by the claim, its adjuster, its releaser. */
let desk: TestDesk;
let acme: Awaited<ReturnType<typeof openInsurer>>;
beforeAll(async () => {
  desk = await startDesk({
    amy: { role: "claimant" },
    "amy-at-work": { role: "adjuster" },
    bo: { role: "adjuster" },
    cy: { role: "adjuster" },
  });
  acme = await openInsurer(desk.ports, { limit: null, paying: true });
  const bands = [{ upTo: 10n ** 18n, approvers: 1n }];
  const set = await setBands(desk.ports, "acme", { currency: "USD", bands }, somebody());
  if (isRefusal(set)) throw new Error(set.detail);
  await desk.employ("acme", ["amy", "amy-at-work"], { person: acme.insured });
  await desk.employ("acme", ["bo", "cy"]);
}, 60_000);
afterAll(() => desk?.stop());

async function referred(): Promise<string> {
  const amy = callerOf("acme", "claimant", acme.insured);
  const claim = await submitClaimOf(desk.ports, amy, submissionOf(acme.policy, 5_000n));
  await adjudicate(desk.ports, "acme", claim);
  return claim;
}
const tagOf = async (path: string) => (await desk.say("bo", path)).etag;
const act = async (name: string, path: string, what: string, body: object = {}) =>
  desk.say(name, `${path}/${what}`, { body, tag: await tagOf(path) });
const rule = async (name: string, claim: string) =>
  act(name, `/claims/${claim}`, "decisions", {
    ...{ outcome: "PAY", reasonCode: "COVERED", reason: "covered", documentsOpened: [] },
    fileOpenedAt: formatInstant(desk.ports.clock()),
  });

const put = async (name: string, claim: string, what: string, body: object) =>
  desk.say(name, `/claims/${claim}/${what}`, {
    ...{ method: "PUT", body: { reason: "why", ...body }, tag: await tagOf(`/claims/${claim}`) },
  });

test("nobody rules on a claim of their own, nor has a hand in what it pays, and to whom", async () => {
  const claim = await referred();
  const reserve = { reserve: { amount: "60.00", currency: "USD" } };
  const payee = { payee: { name: "Amy Other", account: "US00OTHER" } };
  const refused = { status: 403, body: { type: "urn:countersign:problem:not-permitted" } };
  expect(await put("amy-at-work", claim, "reserve", reserve)).toMatchObject(refused);
  expect(await put("amy-at-work", claim, "payee", payee)).toMatchObject(refused);
  expect((await put("bo", claim, "reserve", reserve)).status).toBe(200);
  expect((await put("bo", claim, "payee", payee)).status).toBe(200);
  expect(await rule("amy-at-work", claim)).toMatchObject(refused);
  expect((await rule("bo", claim)).status).toBe(201);
  const { body } = await desk.say("bo", `/claims/${claim}`);
  const at = `/payouts/${body.payouts[0].payout}`;
  const payout = body.payouts[0].payout;
  await screenAndApprove(desk.ports, "acme", payout, clearly);
  expect(await act("amy-at-work", at, "approvals")).toMatchObject(refused);
  expect((await act("cy", at, "approvals")).body).toMatchObject({ status: "approved" });
  const amy = { ...somebody(), kind: "person" as const };
  const releasing = { ...amy, signatory: { ...amy.signatory, person: acme.insured } };
  const file = newHandle(random);
  const released = await releaseFile(
    ...([desk.ports, "acme", file, [payout], clearly, releasing as never] as const),
  );
  expect(released).toMatchObject({ lines: [], left: [{ refused: { refused: "not-permitted" } }] });
  for (const end of ["stop", "void"]) {
    expect(await act("amy-at-work", at, end, { reason: "again" })).toMatchObject(refused);
    expect((await act("cy", at, end, { reason: "again" })).status).toBe(201);
  }
  expect(await act("amy-at-work", `/claims/${claim}`, "payouts")).toMatchObject(refused);
  expect((await act("cy", `/claims/${claim}`, "payouts")).status).toBe(201);
});
