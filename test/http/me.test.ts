import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { adjudicateWaiting } from "../../functions/adjudicator/core.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { routes } from "../../shared/api/routes.ts";
import { openInsurer, random } from "../command/platform.ts";
import { problemIn } from "./platform.ts";
import { claimBody, person, type Served, startServed } from "./served.ts";

let served: Served;
let here: Awaited<ReturnType<typeof openInsurer>>;
let there: Awaited<ReturnType<typeof openInsurer>>;
beforeAll(async () => {
  served = await startServed();
  here = await openInsurer(served.ports, { insurer: "acme" });
  there = await openInsurer(served.ports, { insurer: "other" });
  served.enrol(
    {
      name: "amina",
      principals: [
        ...person("", "acme", "claimant", here.insured).principals,
        ...person("", "other", "claimant", there.insured).principals,
      ],
    },
    person("stranger", "acme", "claimant"),
    person("app", "acme", "claimant", newHandle(random), "machine"),
    person("clinic", "acme", "intake"),
  );
  const contracted = { amount: { amount: "50.00", currency: "USD" }, source: "plan" };
  const lines = claimBody("acme", here.policy).lines.map((line) => ({ ...line, contracted }));
  const body = { ...claimBody("acme", here.policy), onBehalfOf: here.insured, lines };
  expect((await served.post("clinic", "/claims", body)).status).toBe(201);
  const own = await served.post("amina", "/claims", claimBody("other", there.policy));
  expect(own.status).toBe(201);
  await adjudicateWaiting(served.ports, "acme", 10);
});
afterAll(() => served?.close());

interface Item {
  readonly insurer: string;
  readonly kind: string;
  readonly record: { readonly type: string; readonly leafHash: string };
  readonly openings: readonly { readonly path: string }[];
}
interface Page {
  readonly items: readonly Item[];
  readonly next?: string;
}
const page = async (as: string, query = ""): Promise<Page> => {
  const answer = await served.get(as, `/me/export${query}`);
  const body = (await answer.json()) as Page;
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
  expect(routes.exportOwn.replies[200]?.schema?.safeParse(body).success).toBe(true);
  return body;
};

describe("GET /me/export", () => {
  test("gives every record of one's policies, claims and payouts at every insurer, one's own fields open, nobody else's", async () => {
    const { items, next } = await page("amina", "?limit=100");
    expect(next).toBeUndefined();
    expect(items.map(({ insurer, record: { type } }) => `${insurer} ${type}`)).toEqual([
      "acme policy.issued",
      "acme claim.submitted",
      "acme claim.decided",
      "acme payout.proposed",
      "other policy.issued",
      "other claim.submitted",
    ]);
    for (const { record, openings } of items) {
      expect([record.type, openings.length > 0]).toEqual([record.type, true]);
    }
    const byClinic = items[1]?.openings.map(({ path }) => path);
    expect(byClinic).toContain("lossDate");
    expect(byClinic).not.toContain("by");
    expect((await page("stranger")).items).toEqual([]);
  });

  test("gives the same one record at a time", async () => {
    const whole = (await page("amina", "?limit=100")).items;
    const found: Item[] = [];
    let cursor: string | undefined = "";
    for (let pages = 0; cursor !== undefined && pages < 20; pages++) {
      const each: Page = await page("amina", `?limit=1${cursor && `&cursor=${cursor}`}`);
      found.push(...each.items);
      cursor = each.next;
    }
    expect(found).toEqual(whole);
    const { next = "" } = await page("amina", "?limit=1");
    expect(
      (await problemIn(await served.get("stranger", `/me/export?cursor=${next}`))).status,
    ).toBe(400);
  });
});

describe("POST /me/erasure", () => {
  const ask = (as: string, body: object, headers = {}) =>
    served.post(as, "/me/erasure", body, headers);

  test("records the request once per key; a second one, a machine's and another insurer's are refused", async () => {
    const key = { "idempotency-key": newHandle(random) };
    const answer = await ask("stranger", { insurer: "acme" }, key);
    expect(answer.status).toBe(201);
    const text = await answer.text();
    const { record } = JSON.parse(text) as { record: { type: string; bytes: string } };
    expect(record.type).toBe("erasure.requested");
    expect(JSON.parse(record.bytes)).toMatchObject({
      public: { basis: "request", classes: ["identity-and-health", "financial"] },
    });
    expect(await (await ask("stranger", { insurer: "acme" }, key)).text()).toBe(text);
    for (const [as, body, status] of [
      ["stranger", { insurer: "acme" }, 409],
      ["app", { insurer: "acme" }, 403],
      ["stranger", { insurer: "other" }, 403],
      ["amina", { insurer: "other", classes: ["financial"] }, 409],
      ["amina", { insurer: "other", classes: ["financial", "identity-and-health"] }, 400],
      ["amina", { insurer: "other", classes: [] }, 400],
    ] as const) {
      expect([body, (await problemIn(await ask(as, body))).status]).toEqual([body, status]);
    }
  });
});
