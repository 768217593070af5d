import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bankRows } from "../../functions/adapters/postgres/bank-rows.ts";
import { releaseOrders } from "../../functions/adapters/postgres/release-orders.ts";
import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { setBands } from "../../functions/operator/core.ts";
import { releaseOrdered } from "../../functions/payouts/release-orders.ts";
import { recordReports } from "../../functions/payouts/reports.ts";
import { screenAndApprove } from "../../functions/payouts/screening.ts";
import { formatInstant } from "../../shared/base/instant.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { bankSays } from "../command/bank-says.ts";
import {
  callerOf,
  machine,
  openInsurer,
  random,
  somebody,
  submissionOf,
  submitClaimOf,
} from "../command/platform.ts";
import { clearly } from "../payout/sample.ts";
import { type Said, startDesk, type TestDesk } from "./desk.ts";

let desk: TestDesk;
let acme: Awaited<ReturnType<typeof openInsurer>>;
beforeAll(async () => {
  desk = await startDesk({
    ada: { role: "adjuster" },
    bo: { role: "adjuster" },
    cy: { role: "adjuster" },
    rita: { role: "releaser" },
    amy: { role: "claimant" },
    robot: { role: "adjuster", machine: true },
    machine: { role: "releaser", machine: true },
    elsewhere: { role: "adjuster" },
  });
  acme = await openInsurer(desk.ports, { limit: null, paying: true });
  // Nothing up to 1.00, two approvers beside the maker up to 10,000,000,000,000,000.00.
  const bands = [
    { upTo: 100n, approvers: 0n },
    { upTo: 10n ** 18n, approvers: 2n },
  ];
  const set = await setBands(desk.ports, "acme", { currency: "USD", bands }, somebody());
  if (isRefusal(set)) throw new Error(set.detail);
  await openInsurer(desk.ports, { insurer: "other" });
  await desk.employ("acme", ["ada", "bo", "cy", "rita", "robot", "machine"]);
  await desk.employ("acme", ["amy"], { person: acme.insured });
  await desk.employ("other", ["elsewhere"]);
});
afterAll(() => desk?.stop());

/** A claim that the pack awards `minor`, of which nothing is proposed where the band asks for persons. */
async function awarded(minor = 5_000n): Promise<string> {
  const intake = callerOf("acme", "intake");
  const stated = { ...submissionOf(acme.policy, minor, minor), onBehalfOf: acme.insured };
  const claim = await submitClaimOf(desk.ports, intake, stated);
  await adjudicate(desk.ports, "acme", claim);
  return claim;
}

const tagOf = async (path: string): Promise<string | undefined> =>
  (await desk.say("ada", path)).etag;
const propose = async (claim: string, body: object = {}, name = "ada"): Promise<Said> =>
  desk.say(name, `/claims/${claim}/payouts`, { body, tag: await tagOf(`/claims/${claim}`) });
const act = async (
  name: string,
  payout: string,
  what: string,
  body: object = {},
  more = {},
): Promise<Said> =>
  desk.say(name, `/payouts/${payout}/${what}`, {
    body,
    tag: await tagOf(`/payouts/${payout}`),
    ...more,
  });
const read = async (payout: string): Promise<Said> => desk.say("rita", `/payouts/${payout}`);
const screen = (payout: string) => screenAndApprove(desk.ports, "acme", payout, clearly);
const recordsOf = async (payout: string) => (await desk.ports.store.records("acme", payout)).length;

/** A payout that ada proposed and a screening cleared. */
async function screened(minor = 5_000n): Promise<string> {
  const { body } = await propose(await awarded(minor));
  await screen(body.payout);
  return body.payout;
}
async function approved(): Promise<string> {
  const payout = await screened();
  for (const name of ["bo", "cy"]) await act(name, payout, "approvals");
  return payout;
}
/** A payout whose release rita ordered and a job carried out. */
async function released(): Promise<string> {
  const payout = await approved();
  await order([payout]);
  const ports = { ...desk.ports, orders: releaseOrders(desk.pool) };
  const fail = (error: unknown) => {
    throw error;
  };
  await releaseOrdered(ports, "acme", clearly, fail);
  return payout;
}
const window = (fromS = -1, toS = 3_600) => {
  const now = BigInt(Date.now()) * 1_000n;
  const at = (seconds: number) => formatInstant(now + BigInt(seconds) * 1_000_000n);
  return { opensAt: at(fromS), closesAt: at(toS) };
};
const order = (
  payouts: readonly string[],
  more: object = {},
  key = newHandle(random),
  name = "rita",
) =>
  desk.say(name, "/insurers/acme/release-orders", { body: { payouts, ...window(), ...more }, key });
const says = async (payout: string, what: "settled" | "returned" | "rejected", reference = "B1") =>
  recordReports(desk.ports, "acme", await bankSays(desk.ports, "acme", [payout], what, reference));

describe("a payout", () => {
  test("is proposed in part, screened, approved by two others, ordered, released, settled and recovered", async () => {
    const claim = await awarded();
    const part = { amount: { amount: "20.00", currency: "USD" } };
    const proposed = await propose(claim, part);
    const { payout } = proposed.body;
    expect(proposed).toMatchObject({ status: 201, location: `/payouts/${payout}` });
    expect(proposed.body).toMatchObject({
      status: "proposed",
      record: { type: "payout.proposed" },
    });
    await screen(payout);
    expect((await act("bo", payout, "approvals")).body).toMatchObject({ status: "screened" });
    expect((await act("cy", payout, "approvals")).body).toMatchObject({ status: "approved" });
    const ordered = await order([payout]);
    expect(ordered).toMatchObject({ status: 201, body: { state: "waiting" } });
    const ports = { ...desk.ports, orders: releaseOrders(desk.pool) };
    await releaseOrdered(ports, "acme", clearly, () => undefined);
    expect((await read(payout)).body).toMatchObject({
      status: "released",
      file: ordered.body.file,
    });
    await says(payout, "settled");
    const back = {
      amount: { amount: "5.00", currency: "USD" },
      basis: "overpayment",
      reference: "R1",
    };
    expect((await act("ada", payout, "recoveries", back)).status).toBe(201);
    const { body } = await read(payout);
    expect(body).toMatchObject({ status: "settled", recoveries: [{ basis: "overpayment" }] });
    const rest = await act("ada", payout, "recoveries", {
      ...back,
      amount: { amount: "15.01", currency: "USD" },
    });
    expect(rest).toMatchObject({
      status: 422,
      body: { type: "urn:countersign:problem:recovery-exceeded" },
    });
  });

  test("of which two approve at once has one approval: the other is told that it changed", async () => {
    const payout = await screened();
    const tag = await tagOf(`/payouts/${payout}`);
    const both = await Promise.all(
      ["bo", "cy"].map((name) => desk.say(name, `/payouts/${payout}/approvals`, { body: {}, tag })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([201, 412]);
    expect((await read(payout)).body).toMatchObject({ status: "screened", approvals: "1" });
  });

  test("is approved once by a request that is sent twice at the same time", async () => {
    const payout = await screened();
    const asked = { body: {}, tag: await tagOf(`/payouts/${payout}`), key: newHandle(random) };
    const twice = await Promise.all(
      [1, 2].map(() => desk.say("bo", `/payouts/${payout}/approvals`, asked)),
    );
    expect(twice.map(({ status }) => status)).toEqual([201, 201]);
    expect(twice[0]?.text).toBe(twice[1]?.text);
    expect((await read(payout)).body).toMatchObject({ approvals: "1" });
  });

  test("is approved by nobody twice, by nobody who proposed it, by no machine; and not released by them", async () => {
    const payout = await screened();
    expect(await act("ada", payout, "approvals")).toMatchObject({
      status: 403,
      body: { type: "urn:countersign:problem:same-person" },
    });
    await act("bo", payout, "approvals");
    const before = await recordsOf(payout);
    expect((await act("bo", payout, "approvals")).body.type).toMatch(/same-person$/);
    expect((await act("robot", payout, "approvals")).body.type).toMatch(/person-required$/);
    expect((await order([payout], {}, newHandle(random), "bo")).status).toBe(403);
    expect((await order([payout], {}, newHandle(random), "machine")).body.type).toMatch(
      /person-required$/,
    );
    expect(await recordsOf(payout)).toBe(before);
  });

  test("names the version: 428 without, 412 with an old one, and nothing is recorded", async () => {
    const payout = await screened();
    const old = await tagOf(`/payouts/${payout}`);
    await act("bo", payout, "approvals");
    const before = await recordsOf(payout);
    for (const what of ["approvals", "stop", "void", "reissue"]) {
      const body = what === "approvals" || what === "reissue" ? {} : { reason: "why" };
      const path = `/payouts/${payout}/${what}`;
      expect((await desk.say("cy", path, { body })).status).toBe(428);
      expect((await desk.say("cy", path, { body, tag: old })).status).toBe(412);
    }
    const claim = await awarded();
    const tag = await tagOf(`/claims/${claim}`);
    await desk.say("ada", `/claims/${claim}/closing`, { body: {}, tag });
    expect((await desk.say("ada", `/claims/${claim}/payouts`, { body: {}, tag })).status).toBe(412);
    expect(await recordsOf(payout)).toBe(before);
  });

  test("is stopped, voided and paid again by one that replaces it", async () => {
    const payout = await approved();
    expect((await act("rita", payout, "stop", { reason: "billed twice" })).body.status).toBe(
      "stopped",
    );
    expect((await act("ada", payout, "void", { reason: "billed twice" })).body.status).toBe(
      "voided",
    );
    const again = await act("ada", payout, "reissue");
    const successor = again.body.payout;
    expect(again).toMatchObject({ status: 201, location: `/payouts/${successor}` });
    expect((await read(successor)).body).toMatchObject({ status: "proposed", replaces: payout });
    expect((await read(payout)).body).toMatchObject({ status: "voided", replacedBy: successor });
    expect((await act("ada", payout, "reissue")).body.type).toMatch(/duplicate$/);
  });

  test.each([
    ["of another insurer finds none", "elsewhere", 404],
    ["who is the claimant has not the scope", "amy", 403],
  ])("somebody %s", async (_, name, status) => {
    const payout = await screened();
    expect((await act(name, payout, "approvals")).status).toBe(status);
    expect((await desk.say(name, `/payouts/${payout}`)).status).toBe(status);
    expect((await desk.say(name, "/insurers/acme/payouts")).status).toBe(403);
    expect(await recordsOf(payout)).toBe(2);
  });

  test("of an amount beyond 2^53 keeps its value", async () => {
    const { body } = await propose(await awarded(900_719_925_474_099_301n));
    expect((await read(body.payout)).body.amount.amount).toBe("9007199254740993.01");
    const listed = (await desk.say("rita", "/insurers/acme/payouts?limit=100")).body.items;
    const item = listed.find(({ payout }: { payout: string }) => payout === body.payout);
    expect(item.amount).toEqual({ amount: "9007199254740993.01", currency: "USD" });
    expect(item.tag).toBe(await tagOf(`/payouts/${body.payout}`));
  });
});

describe("between the insurer and its bank", () => {
  test("a break is listed by age, and closed by a third person in the log and in the list", async () => {
    const payout = await released();
    await says(payout, "settled");
    const [line] = await bankSays(desk.ports, "acme", [payout], "settled", "B2");
    if (!line) throw new Error("no payout");
    await recordReports(desk.ports, "acme", [line]);
    const listed = { kind: "booked-twice", about: payout, message: line.message } as const;
    await bankRows(desk.pool).open("acme", [listed], machine().now);
    const breaks = async (query = "") =>
      (await desk.say("rita", `/insurers/acme/breaks${query}`)).body.items;
    expect(await breaks()).toMatchObject([{ ...listed, ageDays: "0", closedAt: null }]);
    const [broken] = (await read(payout)).body.breaks;
    expect(broken).toMatchObject({ number: 1, kind: "booked-twice", open: true });
    const close = (name: string) =>
      act(name, payout, "breaks/1/closing", { reason: "the bank took it back" });
    expect((await close("ada")).body.type).toMatch(/same-person$/);
    expect(await close("rita")).toMatchObject({
      status: 201,
      body: { record: { type: "payout.break-closed" } },
    });
    expect((await read(payout)).body.breaks).toMatchObject([{ open: false }]);
    expect(await breaks()).toEqual([]);
    expect(await breaks("?which=all")).toMatchObject([{ closedAt: expect.any(String) }]);
    expect((await close("rita")).status).toBe(409);
    expect((await desk.say("rita", "/insurers/acme/reconciliations")).body.items).toEqual([]);
  });

  test("an order is given once per key, listed, and refused for a window that is over or too far", async () => {
    const payout = await approved();
    const far = window(3_600, 7_200);
    const key = newHandle(random);
    const [once, again] = [await order([payout], far, key), await order([payout], far, key)];
    expect([once.status, again.status, again.replayed]).toEqual([201, 201, true]);
    expect(again.text).toBe(once.text);
    expect((await order([newHandle(random)], far, key)).body.type).toMatch(/key-reused$/);
    const { items } = (await desk.say("ada", "/insurers/acme/release-orders?limit=100")).body;
    const mine = items.filter(({ payouts }: { payouts: string[] }) => payouts?.includes(payout));
    expect(mine).toMatchObject([{ file: once.body.file, state: "waiting", payouts: [payout] }]);
    for (const bad of [window(-10, -5), window(0, 8 * 86_400)]) {
      expect((await order([payout], bad)).body.type).toMatch(/order-lapsed$/);
    }
    expect((await order([])).status).toBe(400);
    expect((await order([payout], far, newHandle(random), "elsewhere")).status).toBe(403);
  });

  test("payouts are listed by status, in pages", async () => {
    const held = await screened();
    const list = async (query: string): Promise<string[]> =>
      (await desk.say("rita", `/insurers/acme/payouts${query}`)).body.items.map(
        ({ payout }: { payout: string }) => payout,
      );
    expect(await list("?status=screened&limit=100")).toContain(held);
    expect(await list("?status=voided&limit=100")).not.toContain(held);
    const seen: string[] = [];
    for (let next = ""; ; ) {
      const page = await desk.say("rita", `/insurers/acme/payouts?limit=2${next}`);
      seen.push(...page.body.items.map(({ payout }: { payout: string }) => payout));
      if (!page.body.next) break;
      next = `&cursor=${page.body.next}`;
    }
    expect(seen).toEqual(await list("?limit=100"));
    expect(new Set(seen).size).toBe(seen.length);
  });
});
