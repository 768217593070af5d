import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import { recordBreaches } from "../../functions/adjudicator/breaches.ts";
import { redateClaims } from "../../functions/adjudicator/redate.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { insurerState } from "../../functions/command/insurer-state.ts";
import { setClocks } from "../../functions/operator/core.ts";
import { parseRecord } from "../../shared/record/record.ts";
import {
  callerOf,
  machine,
  openInsurer,
  random,
  somebody,
  submissionOf,
  submitClaimOf,
} from "../command/platform.ts";
import { type Said, startDesk, type TestDesk } from "./desk.ts";

/** The version of the clocks in force. */
const clocksVersion = async () => (await insurerState(desk.ports, "acme"))?.clocks?.version ?? 0n;
const clocks = {
  jurisdiction: "US",
  acknowledgeDays: 10n,
  decideDays: 30n,
  decideFrom: "notice",
  payDays: 5n,
} as const;
let desk: TestDesk;
let acme: Awaited<ReturnType<typeof openInsurer>>;
let handles: Record<"ada" | "bo" | "rita" | "robot", string>;
beforeAll(async () => {
  desk = await startDesk({
    ada: { role: "adjuster" },
    bo: { role: "adjuster" },
    rita: { role: "releaser" },
    amy: { role: "claimant" },
    robot: { role: "adjuster", machine: true },
    elsewhere: { role: "adjuster" },
  });
  acme = await openInsurer(desk.ports, { limit: null, paying: true });
  await setClocks(desk.ports, "acme", { home: "US", clocks: [clocks] }, machine());
  await openInsurer(desk.ports, { insurer: "other" });
  handles = await desk.employ("acme", ["ada", "bo", "rita", "robot"]);
  await desk.employ("acme", ["amy"], { person: acme.insured });
  await desk.employ("other", ["elsewhere"]);
});
afterAll(() => desk?.stop());

/** A claim that waits for a person; `minor` is what is claimed. */
async function referred(minor = 5_000n): Promise<string> {
  const claimant = callerOf("acme", "claimant", acme.insured);
  const claim = await submitClaimOf(desk.ports, claimant, submissionOf(acme.policy, minor));
  await adjudicate(desk.ports, "acme", claim);
  return claim;
}

const tagOf = async (claim: string): Promise<string | undefined> =>
  (await desk.say("ada", `/claims/${claim}`)).etag;

const act = async (
  name: string,
  claim: string,
  what: string,
  body: object,
  more = {},
): Promise<Said> =>
  desk.say(name, `/claims/${claim}/${what}`, { body, tag: await tagOf(claim), ...more });

const queue = async (query = ""): Promise<Said> => desk.say("ada", `/insurers/acme/claims${query}`);
const claimsIn = ({ body }: Said): string[] =>
  body.items.map(({ claim }: { claim: string }) => claim);

describe("an act on a claim", () => {
  test("answers where the claim stands with the tag the next act names; the act is in the log", async () => {
    const claim = await referred();
    const first = await act("ada", claim, "assignment", { assignee: handles.bo });
    expect(first).toMatchObject({ status: 201, location: `/claims/${claim}` });
    expect(first.body).toMatchObject({
      claim,
      status: "referred",
      record: { type: "claim.assigned" },
    });
    expect(first.etag).toBe(await tagOf(claim));
    const asked = await desk.say("ada", `/claims/${claim}/information-requests`, {
      body: { text: "Which hospital?" },
      tag: first.etag,
    });
    expect(asked.body).toMatchObject({ status: "information-requested" });
    const records = await desk.ports.store.records("acme", claim);
    expect(records).toHaveLength(4);
  });

  test("each by its own step: acknowledged, reserved, decided, closed, reopened", async () => {
    const claim = await referred();
    const kinds: [string, object, string | undefined, string][] = [
      ["acknowledgement", { text: "We have it." }, "POST", "claim.acknowledged"],
      [
        "reserve",
        { reserve: { amount: "70.00", currency: "USD" }, reason: "surgery" },
        "PUT",
        "claim.reserved",
      ],
      [
        "payee",
        { payee: { name: "New Payee", account: "ACCOUNT2" }, reason: "moved" },
        "PUT",
        "claim.payee-changed",
      ],
    ];
    for (const [what, body, method, type] of kinds) {
      const done = await act("ada", claim, what, body, { method });
      expect([done.status, done.body.record?.type]).toEqual([method === "PUT" ? 200 : 201, type]);
    }
    const ruling = {
      outcome: "DENY",
      reasonCode: "NOT_COVERED",
      reason: "not on the list",
      fileOpenedAt: "2030-01-01T00:00:00.000000Z",
      documentsOpened: [],
    };
    const early = await act("ada", claim, "decisions", ruling);
    expect(early).toMatchObject({
      status: 422,
      body: { type: "urn:countersign:problem:file-time" },
    });
    const opened = new Date().toISOString().replace("Z", "000Z");
    expect((await act("ada", claim, "decisions", { ...ruling, fileOpenedAt: opened })).status).toBe(
      201,
    );
    expect((await act("ada", claim, "closing", {})).body).toMatchObject({ status: "closed" });
    expect((await act("ada", claim, "reopening", { text: "a mistake" })).body).toMatchObject({
      status: "reopened",
    });
  });

  test("is refused with 428 without If-Match, 412 with another's, and nothing is recorded", async () => {
    const claim = await referred();
    const before = await tagOf(claim);
    await act("ada", claim, "acknowledgement", {});
    const records = await desk.ports.store.records("acme", claim);
    const body = { assignee: handles.bo };
    const path = `/claims/${claim}/assignment`;
    expect((await desk.say("ada", path, { body })).status).toBe(428);
    const stale = await desk.say("ada", path, { body, tag: before });
    expect(stale).toMatchObject({ status: 412, body: { type: "urn:countersign:problem:stale" } });
    expect(await desk.ports.store.records("acme", claim)).toEqual(records);
  });

  test("is done once per key: asked again it gives the same bytes, though the tag is old by then", async () => {
    const claim = await referred();
    const asked = {
      body: { assignee: handles.bo },
      tag: await tagOf(claim),
      key: newHandle(random),
    };
    const path = `/claims/${claim}/assignment`;
    const once = await desk.say("ada", path, asked);
    const again = await desk.say("ada", path, asked);
    expect([once.replayed, again.replayed]).toEqual([false, true]);
    expect([again.status, again.text, again.etag]).toEqual([once.status, once.text, once.etag]);
  });

  test.each([
    ["of another insurer finds no claim", "elsewhere", 404],
    ["who is a releaser has not the scope", "rita", 403],
    ["who is the claimant has not the scope", "amy", 403],
    ["that is a machine assigns nothing", "robot", 403],
  ])("somebody %s", async (_, name, status) => {
    const claim = await referred();
    expect((await act(name, claim, "assignment", { assignee: handles.bo })).status).toBe(status);
    expect(await desk.ports.store.records("acme", claim)).toHaveLength(2);
  });

  test("a claim is assigned to nobody but an adjuster of its insurer", async () => {
    const claim = await referred();
    for (const assignee of [handles.rita, newHandle(random), acme.insured]) {
      const done = await act("ada", claim, "assignment", { assignee });
      expect(done).toMatchObject({ status: 403, body: { errors: [{ field: "/assignee" }] } });
    }
  });

  test("an amount beyond 2^53 keeps its value", async () => {
    const claim = await referred(9_007_199_254_740_993n);
    const [item] = (await queue(`?claim=${claim}`)).body.items;
    expect(item.about.claimed).toEqual({ amount: "90071992547409.93", currency: "USD" });
    const reserve = { amount: "9007199254740993.00", currency: "USD" };
    await act("ada", claim, "reserve", { reserve, reason: "a test" }, { method: "PUT" });
    expect((await queue(`?claim=${claim}`)).body.items[0].about.reserve).toEqual(reserve);
  });
});

describe("the queue", () => {
  test("pages through every open claim once, the longest untouched first", async () => {
    for (let made = 0; made < 3; made++) await referred();
    const seen: string[] = [];
    let next = "";
    do {
      const page = await queue(`?limit=2${next}`);
      expect(page.status).toBe(200);
      seen.push(...claimsIn(page));
      next = page.body.next ? `&cursor=${page.body.next}` : "";
    } while (next !== "");
    const all = await queue("?limit=100");
    expect(claimsIn(all)).toEqual(seen);
    const times = all.body.items.map(({ lastActAt }: { lastActAt: string }) => lastActAt);
    expect(times).toEqual([...times].sort());
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(3);
  });

  test("finds by status, by assignee, by the beginning of a handle, by time", async () => {
    const [mine, nobodys] = [await referred(), await referred()];
    await act("ada", mine, "assignment", { assignee: handles.ada });
    const ofAda = claimsIn(await queue(`?assignee=${handles.ada}`));
    expect(ofAda).toEqual([mine]);
    const ofNobody = claimsIn(await queue("?assignee=none&limit=100"));
    expect(ofNobody).toContain(nobodys);
    expect(ofNobody).not.toContain(mine);
    expect(claimsIn(await queue(`?claim=${mine.slice(0, 12)}`))).toEqual([mine]);
    expect(claimsIn(await queue("?status=withdrawn"))).toEqual([]);
    const [item] = (await queue(`?claim=${mine}`)).body.items;
    expect(item).toMatchObject({ assignee: handles.ada, overdue: false, status: "referred" });
    const { submittedAt } = item.about;
    expect(Date.parse(item.decideBy) - Date.parse(submittedAt)).toBe(30 * 86_400_000);
    expect(claimsIn(await queue("?overdue=true"))).toEqual([]);
    const later = claimsIn(await queue("?decideBefore=2999-01-01T00:00:00.000000Z&limit=100"));
    expect(later).toEqual(expect.arrayContaining([mine, nobodys]));
    const ofBo = claimsIn(
      await queue(`?decideBefore=2999-01-01T00:00:00.000000Z&assignee=${handles.ada}`),
    );
    expect(ofBo).toEqual([mine]);
    await act("ada", mine, "information-requests", { text: "when?" });
    expect((await queue(`?claim=${mine}`)).body.items[0].decideBy).toBeNull();
  });

  test("dates claims by the clocks in force, those that were referred before them, too", async () => {
    const claim = await referred();
    const decideBy = async () => (await queue(`?claim=${claim}`)).body.items[0].decideBy;
    const before = await decideBy();
    const longer = [{ ...clocks, decideDays: 31n }];
    await setClocks(desk.ports, "acme", { home: "US", clocks: longer }, somebody());
    expect(await redateClaims(desk.ports, "acme")).toBeGreaterThan(0);
    expect(Date.parse(await decideBy()) - Date.parse(before)).toBe(86_400_000);
    expect(await redateClaims(desk.ports, "acme")).toBe(0);
    const over = [{ ...clocks, decideDays: 1n, jurisdiction: "FR" }, clocks];
    await setClocks(desk.ports, "acme", { home: "US", clocks: over }, somebody());
    await redateClaims({ ...desk.ports, store: { ...desk.ports.store } }, "acme");
    expect(await decideBy()).toBe(before);
  });

  test("is dated anew once more when what read the old clocks is over: a claim behind the look is found by the next", async () => {
    const later = { now: desk.ports.clock() };
    const ports = {
      ...desk.ports,
      store: { ...desk.ports.store },
      clock: () => later.now,
    };
    const all = await Promise.all([referred(), referred()]);
    const first = all.sort()[0] ?? "";
    const version = await clocksVersion();
    await redateClaims(ports, "acme");
    const dated = async () => {
      const open = ["submitted", "acknowledged", "referred"];
      return ports.store.datedOtherwise("acme", open, version, "", 100);
    };
    const behind = () =>
      desk.pool.query(
        "UPDATE claim SET decide_by = NULL, dated_by = 0, breach_due = NULL WHERE insurer = 'acme' AND stream = $1",
        [first],
      );
    await behind();
    expect(await dated()).toEqual([first]);
    later.now += 11_000_000n;
    expect(await redateClaims(ports, "acme")).toBe(1);
    expect(await dated()).toEqual([]);
    later.now += 11_000_000n;
    expect(await redateClaims(ports, "acme")).toBe(0);
    await behind();
    expect(await redateClaims(ports, "acme")).toBe(0);
  });

  test("lists overdue referrals, and what ran out, recorded once by jobs that meet", async () => {
    const [late, told] = [await referred(), await referred()];
    await act("ada", told, "acknowledgement", {});
    const over = desk.ports.clock() + 35n * 86_400_000_000n;
    const later = { ...desk.ports, clock: () => over };
    const done = await Promise.all([1, 2, 3].map(() => recordBreaches(later, "acme")));
    const records = async (claim: string) =>
      (await desk.ports.store.records("acme", claim)).map(({ record }) => parseRecord(record));
    const typesOf = async (claim: string) => (await records(claim)).map(({ type }) => type);
    const breach = "claim.clock-breached";
    expect((await typesOf(late)).slice(2)).toEqual([breach, breach]);
    expect((await typesOf(told)).slice(2)).toEqual(["claim.acknowledged", breach]);
    expect((await records(late)).slice(2).map(({ actor }) => actor)).toEqual([
      "machine",
      "machine",
    ]);
    expect(done.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(3);
    expect(await recordBreaches(later, "acme")).toBe(0);
    const both = claimsIn(await queue("?breach=any&limit=100"));
    expect(both).toEqual(expect.arrayContaining([late, told]));
    const unacknowledged = await queue("?breach=acknowledge&limit=100");
    expect(claimsIn(unacknowledged)).toContain(late);
    expect(claimsIn(unacknowledged)).not.toContain(told);
    const [item] = (await queue(`?claim=${late}`)).body.items;
    expect(item.breaches).toEqual(["acknowledge", "decide"]);
    expect(claimsIn(await queue("?breach=pay"))).toEqual([]);
    expect((await queue("?breach=never")).status).toBe(400);
    const paged = await queue("?breach=any&limit=1");
    const next = await queue(`?breach=any&limit=100&cursor=${paged.body.next}`);
    expect([...claimsIn(paged), ...claimsIn(next)]).toEqual(both);
  });

  test("takes a cursor of its own list, filter and caller only", async () => {
    for (let made = 0; made < 2; made++) await referred();
    const { next } = (await queue("?limit=1")).body;
    for (const [name, query] of [
      ["bo", `?limit=1&cursor=${next}`],
      ["ada", `?limit=1&status=referred&cursor=${next}`],
      ["ada", "?limit=1&cursor=made.up"],
    ] as const) {
      expect((await desk.say(name, `/insurers/acme/claims${query}`)).status).toBe(400);
    }
    expect((await queue(`?limit=5&cursor=${next}`)).status).toBe(200);
  });

  test("is its own insurer's, and none of a claimant's", async () => {
    expect((await desk.say("elsewhere", "/insurers/acme/claims")).status).toBe(403);
    expect((await desk.say("elsewhere", "/insurers/other/claims")).body.items).toEqual([]);
    expect((await desk.say("amy", "/insurers/acme/claims")).status).toBe(403);
    expect((await desk.say("ada", "/insurers/acme/claims?status=lost")).status).toBe(400);
  });
});
