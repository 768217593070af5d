import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { adjudicateWaiting } from "../../functions/adjudicator/core.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { addPolicy } from "../../functions/operator/core.ts";
import { routes } from "../../shared/api/routes.ts";
import { step } from "../command/claim-steps.ts";
import { machine, openInsurer, random, somebody } from "../command/platform.ts";
import { problemIn } from "./platform.ts";
import { claimBody, person, type Served, startServed } from "./served.ts";

let served: Served;
let here: Awaited<ReturnType<typeof openInsurer>>;
let ofChild = "";

beforeAll(async () => {
  served = await startServed();
  here = await openInsurer(served.ports, { insurer: "acme" });
  await openInsurer(served.ports, { insurer: "other" });
  const child = newHandle(random);
  const guardian = newHandle(random);
  const holder = newHandle(random);
  ofChild = newHandle(random);
  const parties = [
    { role: "holder", person: holder } as const,
    { role: "guardian", person: guardian } as const,
    { role: "insured", person: child } as const,
  ];
  const terms = { ...here.terms, insured: child, parties };
  const added = await addPolicy(served.ports, "acme", ofChild, terms, machine());
  if ("refused" in added) throw new Error(added.detail);
  served.enrol(
    person("amina", "acme", "claimant", here.insured),
    person("app", "acme", "claimant", here.insured, "machine"),
    person("stranger", "acme", "claimant"),
    person("foreign", "other", "claimant", here.insured),
    person("child", "acme", "claimant", child),
    person("guardian", "acme", "claimant", guardian),
    person("holder", "acme", "claimant", holder),
    person("clinic", "acme", "intake"),
  );
});
afterAll(() => served?.close());

const submit = async (as = "amina", policy = here.policy, more: object = {}): Promise<string> => {
  const answer = await served.post(as, "/claims", { ...claimBody("acme", policy), ...more });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { claim: string }).claim;
};
const ask = (claim: string) => step(served.ports, "acme", claim, "request-information", somebody());
const statusOf = async (claim: string, as = "amina"): Promise<string> =>
  ((await (await served.get(as, `/claims/${claim}`)).json()) as { status: string }).status;

/** A claim that the plan's schedule pays at once. */
async function decidedClaim(): Promise<string> {
  const contracted = { amount: { amount: "50.00", currency: "USD" }, source: "plan" };
  const lines = claimBody("acme", here.policy).lines.map((line) => ({ ...line, contracted }));
  const claim = await submit("clinic", here.policy, { onBehalfOf: here.insured, lines });
  await adjudicateWaiting(served.ports, "acme", 10);
  expect(await statusOf(claim)).toBe("decided");
  return claim;
}

/** Every act, with a claim on which it may be taken. */
const acts = [
  [
    "information",
    "claim.information-answered",
    async () => {
      const claim = await submit();
      await ask(claim);
      return claim;
    },
  ],
  ["withdrawal", "claim.withdrawn", () => submit()],
  ["appeal", "claim.appealed", decidedClaim],
] as const;

describe.each(acts)("POST /claims/{id}/%s", (act, type, ready) => {
  const body = { text: "because it is so" };

  test("is recorded once per key, with the caller's words sealed, and moves the claim and its tag", async () => {
    const claim = await ready();
    const before = await served.get("amina", `/claims/${claim}`);
    const key = { "idempotency-key": newHandle(random) };
    const answer = await served.post("amina", `/claims/${claim}/${act}`, body, key);
    expect(answer.status).toBe(201);
    const text = await answer.text();
    const done = JSON.parse(text) as {
      status: string;
      record: { type: string; bytes: string };
      openings: { path: string; value: unknown }[];
    };
    expect(routes.appealClaim.replies[201]?.schema?.safeParse(done).success).toBe(true);
    expect(done.record.type).toBe(type);
    expect(done.record.bytes).not.toContain(body.text);
    expect(done.openings.find(({ path }) => path === "text")?.value).toBe(body.text);
    const after = await served.get("amina", `/claims/${claim}`);
    expect(((await after.json()) as { status: string }).status).toBe(done.status);
    expect(after.headers.get("etag")).toBe(answer.headers.get("etag"));
    expect(after.headers.get("etag")).not.toBe(before.headers.get("etag"));
    const again = await served.post("amina", `/claims/${claim}/${act}`, body, key);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(await again.text()).toBe(text);
    const other = await served.post("amina", `/claims/${claim}/${act}`, { text: "else" }, key);
    expect((await problemIn(other)).status).toBe(422);
  });

  test("is refused in another state, and again under the same key, though the state has changed", async () => {
    const claim = await ready();
    expect((await served.post("amina", `/claims/${claim}/${act}`, body)).status).toBe(201);
    const key = { "idempotency-key": newHandle(random) };
    for (const replayed of [null, "true"]) {
      const refused = await served.post("amina", `/claims/${claim}/${act}`, body, key);
      expect(refused.headers.get("idempotency-replayed")).toBe(replayed);
      expect(await problemIn(refused)).toMatchObject({
        status: 409,
        type: "urn:countersign:problem:wrong-state",
      });
    }
  });

  test("is nobody else's: another claimant, another insurer's, a machine", async () => {
    const claim = await ready();
    for (const [as, status] of [
      ["stranger", 404],
      ["foreign", 404],
      ["app", 403],
    ] as const) {
      const problem = await problemIn(await served.post(as, `/claims/${claim}/${act}`, body));
      expect([as, problem.status]).toEqual([as, status]);
    }
    expect((await served.post("amina", `/claims/${claim}/${act}`, body)).status).toBe(201);
  });

  test("takes no text that is empty or beyond 4,000 letters", async () => {
    const claim = "f".repeat(32);
    for (const text of ["", "x".repeat(4_001), 7]) {
      const problem = await problemIn(
        await served.post("amina", `/claims/${claim}/${act}`, { text }),
      );
      expect([problem.status, problem.errors?.[0]?.field]).toEqual([400, "/text"]);
    }
  });
});

test("only a withdrawal needs no words", async () => {
  const claim = await submit();
  for (const act of ["information", "appeal"]) {
    expect((await served.post("amina", `/claims/${claim}/${act}`, {})).status).toBe(400);
  }
  expect((await served.post("amina", `/claims/${claim}/withdrawal`, {})).status).toBe(201);
});

test("a guardian reads and acts for the insured, as the policy says; its holder does not", async () => {
  const claim = await submit("child", ofChild);
  expect((await served.get("guardian", `/claims/${claim}`)).status).toBe(200);
  const read = await served.get("guardian", `/claims/${claim}/receipts`);
  const { records } = (await read.json()) as { records: { receipt: string }[] };
  expect((await served.get("guardian", records[0]?.receipt ?? "")).status).toBe(202);
  for (const path of [`/claims/${claim}`, records[0]?.receipt ?? ""]) {
    expect((await served.get("holder", path)).status).toBe(404);
  }
  const path = `/claims/${claim}/withdrawal`;
  expect((await problemIn(await served.post("holder", path, {}))).status).toBe(404);
  expect((await served.post("guardian", path, {})).status).toBe(201);
  expect(await statusOf(claim, "child")).toBe("withdrawn");
});
