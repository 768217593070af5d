import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { newHandle } from "../../functions/command/handle.ts";
import { openInsurer, random } from "../command/platform.ts";
import { payments } from "../policy/sample.ts";
import { type Said, startDesk, type TestDesk } from "./desk.ts";

let desk: TestDesk;
let acme: Awaited<ReturnType<typeof openInsurer>>;
beforeAll(async () => {
  desk = await startDesk({
    uma: { role: "underwriter" },
    olga: { role: "operator" },
    ada: { role: "adjuster" },
    amy: { role: "claimant" },
    robot: { role: "underwriter", machine: true },
    clerk: { role: "operator", machine: true },
    elsewhere: { role: "underwriter" },
    foreign: { role: "operator" },
  });
  acme = await openInsurer(desk.ports, { limit: null });
  await openInsurer(desk.ports, { insurer: "other" });
  await desk.employ("acme", ["uma", "olga", "ada", "robot", "clerk"]);
  await desk.employ("acme", ["amy"], { person: acme.insured });
  await desk.employ("other", ["elsewhere", "foreign"]);
});
afterAll(() => desk?.stop());

const refused = ({ status, body }: Said) => [status, body?.type?.split(":").at(-1)];
const path = (what: string) => `/insurers/acme/${what}`;
const put = (what: string, body: object, tag: string | undefined, name = "olga") =>
  desk.say(name, path(what), { method: "PUT", body, tag });

const clock = (jurisdiction: string) => ({
  jurisdiction,
  acknowledgeDays: "10",
  decideDays: "30",
  decideFrom: "notice",
  payDays: "14",
});
const said = {
  bands: { currency: "USD", bands: [{ upTo: "9007199254740993", approvers: "2" }] },
  payments: {
    currency: "USD",
    coolingOffHours: "48",
    heads: { interest: [], expense: [], "ex-gratia": [] },
    payer: payments.payer,
  },
  clocks: { home: "US", clocks: [clock("DE"), clock("US"), clock("US-CA")] },
};

describe.each(Object.entries(said))("the %s of an insurer", (what, body) => {
  test("are published from the version that is in force, and shown as they were", async () => {
    const before = await desk.say("ada", path(what));
    if (what !== "bands") expect(before.status).toBe(404);
    const tag = before.etag ?? '"0"';
    const done = await put(what, body, tag);
    expect(done).toMatchObject({
      status: 200,
      body: { openings: [], record: { type: `${what}.published` } },
    });
    const now = await desk.say("ada", path(what));
    expect(now).toMatchObject({ status: 200, etag: done.etag, body });
    // The same tag again: somebody else was first.
    expect(refused(await put(what, body, tag))).toEqual([412, "stale"]);
    expect((await put(what, body, undefined)).status).toBe(428);
  });

  test("are no business of others: a role without the scope, another insurer, a claimant", async () => {
    const { etag } = await desk.say("ada", path(what));
    for (const name of ["ada", "amy", "foreign", "uma"]) {
      expect((await put(what, body, etag, name)).status).toBe(403);
    }
    for (const name of ["amy", "foreign"]) {
      expect((await desk.say(name, path(what))).status).toBe(403);
    }
    expect(refused(await put(what, body, etag, "clerk"))).toEqual([403, "person-required"]);
    expect((await desk.say("ada", path(what))).etag).toBe(etag);
  });
});

test("what no rule allows is refused by its field, and nothing is published", async () => {
  const tags = { bands: "", payments: "", clocks: "" };
  for (const what of ["bands", "payments", "clocks"] as const) {
    tags[what] = (await desk.say("ada", path(what))).etag ?? "";
  }
  const falling = [
    { upTo: "5", approvers: "2" },
    { upTo: "6", approvers: "1" },
  ];
  const bad: [keyof typeof said, object, number, string][] = [
    ["bands", { ...said.bands, bands: falling }, 409, "wrong-state"],
    ["bands", { ...said.bands, currency: "EUR" }, 422, "currency-mismatch"],
    ["bands", { ...said.bands, bands: [{ upTo: 5, approvers: "0" }] }, 400, "malformed-request"],
    ["payments", { ...said.payments, coolingOffHours: "8761" }, 409, "wrong-state"],
    [
      "payments",
      { ...said.payments, payer: { name: "Payer", account: "DE00370400440532013000" } },
      400,
      "malformed-request",
    ],
    ["clocks", { ...said.clocks, home: "FR" }, 409, "wrong-state"],
    ["clocks", { ...said.clocks, clocks: [clock("US"), clock("DE")] }, 409, "wrong-state"],
    ["clocks", { home: "USA", clocks: [clock("US")] }, 400, "malformed-request"],
  ];
  for (const [what, body, status, code] of bad) {
    expect(refused(await put(what, body, tags[what]))).toEqual([status, code]);
    expect((await desk.say("ada", path(what))).etag).toBe(tags[what]);
  }
});

describe("a policy", () => {
  const terms = (more: object = {}) => ({
    insured: acme.insured,
    parties: [{ role: "insured", person: acme.insured }],
    coverage: "medical",
    start: "2026-01-01",
    end: null,
    birthDate: null,
    limit: { amount: "9007199254740993.00", currency: "USD" },
    pack: acme.pack,
    ...more,
  });
  const issue = (body: object = terms(), name = "uma", key = newHandle(random)) =>
    desk.say(name, path("policies"), { body, key });

  test("is issued once per key, endorsed and cancelled, each of the version before; amounts keep their value", async () => {
    const key = newHandle(random);
    const [once, again] = [await issue(terms(), "uma", key), await issue(terms(), "uma", key)];
    expect([once.status, again.replayed, again.text]).toEqual([201, true, once.text]);
    const at = `/policies/${once.body.policy}`;
    expect(once.location).toBe(at);
    const shown = await desk.say("uma", at);
    expect(shown).toMatchObject({
      etag: once.etag,
      body: { status: "active", limit: terms().limit },
    });
    const change = {
      body: { ...terms({ end: "2027-01-01", jurisdiction: "US-CA" }), reason: "a year" },
      tag: once.etag,
    };
    const unnamed = await desk.say("robot", `${at}/endorsements`, change);
    expect(refused(unnamed)).toEqual([403, "person-required"]);
    const endorsed = await desk.say("uma", `${at}/endorsements`, change);
    expect(endorsed).toMatchObject({ status: 201, body: { record: { type: "policy.endorsed" } } });
    const gone = { body: { reason: "unpaid" }, tag: once.etag };
    expect(refused(await desk.say("uma", `${at}/cancellation`, gone))).toEqual([412, "stale"]);
    expect((await desk.say("uma", `${at}/cancellation`, { body: gone.body })).status).toBe(428);
    const byRobot = await desk.say("robot", `${at}/cancellation`, { ...gone, tag: endorsed.etag });
    expect(refused(byRobot)).toEqual([403, "person-required"]);
    const cancelled = await desk.say("uma", `${at}/cancellation`, { ...gone, tag: endorsed.etag });
    expect(cancelled.body).toMatchObject({ status: "cancelled" });
    const late = { body: { ...terms(), reason: "again" }, tag: cancelled.etag };
    expect(refused(await desk.say("uma", `${at}/endorsements`, late))).toEqual([
      422,
      "policy-not-active",
    ]);
  });

  test("is none without a rule pack, in another currency, with a limit of nothing, or with a party twice or nobody insured among its parties", async () => {
    const twice = [{ role: "insured", person: acme.insured }];
    const bad: [object, number, string, string?][] = [
      [terms({ pack: newHandle(random) }), 422, "no-pack"],
      [terms({ limit: { amount: "1.00", currency: "EUR" } }), 422, "currency-mismatch"],
      [terms({ insured: newHandle(random) }), 403, "not-a-party"],
      [terms({ end: "2025-01-01" }), 409, "wrong-state"],
      [terms({ jurisdiction: "California" }), 400, "malformed-request"],
      [terms({ limit: { amount: "0.00", currency: "USD" } }), 422, "amount-required", "/limit"],
      [terms({ parties: [...twice, ...twice] }), 400, "malformed-request", "/parties/1"],
    ];
    const { body: issued, etag } = await issue();
    const endorse = (body: object) =>
      desk.say("uma", `/policies/${issued.policy}/endorsements`, {
        body: { ...body, reason: "why" },
        tag: etag,
      });
    for (const [body, status, code, field] of bad) {
      const answer = await issue(body);
      expect(refused(answer)).toEqual([status, code]);
      if (field === undefined) continue;
      for (const said of [answer, await endorse(body)]) {
        expect([said.status, said.body.errors[0].field]).toEqual([status, field]);
      }
    }
  });

  test("is issued and changed by the insurer's own underwriters only", async () => {
    for (const name of ["ada", "amy", "olga", "elsewhere"]) {
      expect((await issue(terms(), name)).status).toBe(403);
    }
    const { body, etag } = await issue();
    const cancel = (name: string) =>
      desk.say(name, `/policies/${body.policy}/cancellation`, {
        body: { reason: "why" },
        tag: etag,
      });
    expect((await cancel("elsewhere")).status).toBe(404);
    expect((await cancel("amy")).status).toBe(403);
    expect((await desk.say("uma", `/policies/${body.policy}`)).etag).toBe(etag);
  });
});
