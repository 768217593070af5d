import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { exampleClaim, exampleRuling, exampleSubmission } from "../../shared/api/example.ts";
import { routes } from "../../shared/api/routes.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { knownClaim, knownHash, knownTag } from "./claims-double.ts";
import { problemIn, startPlatform } from "./platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const submit = (key: string, body: unknown = exampleSubmission) =>
  platform.ask("/claims", { as: "amina", body, headers: { "idempotency-key": key } });

describe("POST /claims", () => {
  test("commits the submission as its parsed values and answers the record and openings", async () => {
    const answer = await submit("first");
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBe(`/claims/${knownClaim}`);
    expect(answer.headers.get("idempotency-replayed")).toBeNull();
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    const body = await answer.json();
    expect(routes.submitClaim.replies[201]?.schema?.safeParse(body).success).toBe(true);
    expect(body).toMatchObject({
      claim: knownClaim,
      record: { leafHash: knownHash, version: "1" },
      openings: [{ path: "claimed", index: 0 }],
    });
    const asked = platform.asked.at(-1);
    expect(asked?.caller).toMatchObject({ role: "claimant", person: "a".repeat(32) });
    expect(asked?.given).toMatchObject({
      lossDate: 18_303n,
      lines: [{ claimed: { minor: 10_000_000n } }],
    });
    expect(asked?.given).not.toHaveProperty("insurer");
    expect(asked?.idempotency?.fingerprint).toHaveLength(32);
  });

  test("replays the first answer byte for byte, whatever the spacing and order of the body", async () => {
    const first = await (await submit("again")).text();
    const reversed = Object.fromEntries(Object.entries(exampleSubmission).reverse());
    const answer = await submit("again", JSON.stringify(reversed, null, 3));
    expect(answer.status).toBe(201);
    expect(answer.headers.get("idempotency-replayed")).toBe("true");
    expect(answer.headers.get("location")).toBe(`/claims/${knownClaim}`);
    expect(await answer.text()).toBe(first);
  });

  test("adds the receipt that Prefer waits for, at most 3 s; what the key keeps stays as it was", async () => {
    const plain = await (await submit("waits")).text();
    const wait = (seconds: number) =>
      platform.ask("/claims", {
        as: "amina",
        body: exampleSubmission,
        headers: { "idempotency-key": "waits", prefer: `wait=${seconds}` },
      });
    platform.naps.length = 0;
    platform.state.unsigned = true;
    platform.state.pendingPolls = 2;
    const signed = await wait(3);
    expect([signed.status, signed.headers.get("preference-applied")]).toEqual([201, "wait=3"]);
    const text = await signed.text();
    const { receipt, ...committed } = JSON.parse(text) as Record<string, unknown>;
    expect(receipt).toBe("signed now\n");
    expect(committed).toEqual(JSON.parse(plain));
    expect(text.startsWith(plain.trimEnd().slice(0, -1))).toBe(true);
    expect(routes.submitClaim.replies[201]?.schema?.safeParse(JSON.parse(text)).success).toBe(true);
    expect(platform.naps).toHaveLength(2);
    platform.state.pendingPolls = 1e6;
    const late = await wait(600);
    expect([late.status, await late.text()]).toEqual([201, plain]);
    expect(platform.naps.slice(2).reduce((sum, ms) => sum + ms, 0)).toBe(3_000);
    expect(await (await submit("waits")).text()).toBe(plain);
    platform.state.unsigned = false;
  });

  test("is a 201 all the same when the receipt can't be had", async () => {
    platform.state.receiptFailure = new Unavailable("s3", "down");
    const answer = await platform.ask("/claims", {
      as: "amina",
      body: exampleSubmission,
      headers: { "idempotency-key": "outage", prefer: "wait=3" },
    });
    platform.state.receiptFailure = undefined;
    expect(answer.status).toBe(201);
    expect(await answer.json()).not.toHaveProperty("receipt");
  });

  test("refuses the key with another body", async () => {
    await submit("reused");
    const problem = await problemIn(
      await submit("reused", { ...exampleSubmission, event: "illness" }),
    );
    expect(problem).toMatchObject({ status: 422, type: "urn:countersign:problem:key-reused" });
  });

  test("refuses a claim by someone who is no party to the policy, and names the field", async () => {
    const problem = await problemIn(
      await submit("stranger", { ...exampleSubmission, policy: "f".repeat(32) }),
    );
    expect(problem).toMatchObject({ status: 422, type: "urn:countersign:problem:no-policy" });
    expect(problem.errors?.[0]?.field).toBe("/policy");
  });
});

describe("GET /claims/{id}", () => {
  test.each(["amina", "aziz", "twice"])("shows the claim to %s", async (as) => {
    const answer = await platform.ask(`/claims/${knownClaim}`, { as });
    expect(answer.status).toBe(200);
    const body = await answer.json();
    expect(routes.readClaim.replies[200]?.schema?.safeParse(body).success).toBe(true);
    expect(body).toMatchObject({ lossDate: "2020-02-11", claimed: { amount: "100000.00" } });
  });

  test("a claim of another insurer, an unknown one and no id at all are all 404", async () => {
    const other = await platform.ask(`/claims/${knownClaim}`, { as: "elsewhere" });
    const unknown = await platform.ask(`/claims/${"0".repeat(32)}`, { as: "amina" });
    const noId = await platform.ask("/claims/1'%20OR%20true--", { as: "amina" });
    const problems = await Promise.all([other, unknown, noId].map(problemIn));
    expect(problems.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(problems[0]?.detail).toBe(problems[1]?.detail);
  });
});

describe("POST /claims/{id}/decisions", () => {
  const send = (as: string, headers: Record<string, string>) =>
    platform.ask(`/claims/${exampleClaim}/decisions`, { as, body: exampleRuling, headers });
  let number = 0;
  const decide = (as: string, key = `d${number++}`) =>
    send(as, { "idempotency-key": key, "if-match": knownTag });

  test("asks for the version it rules on, and rules on no other", async () => {
    const read = await platform.ask(`/claims/${knownClaim}`, { as: "aziz" });
    expect(read.headers.get("etag")).toBe(knownTag);
    const key = { "idempotency-key": "versions" };
    expect(await problemIn(await send("aziz", key))).toMatchObject({
      status: 428,
      type: "urn:countersign:problem:precondition-required",
    });
    expect((await problemIn(await send("aziz", { ...key, "if-match": "*" }))).status).toBe(428);
    const odd = await problemIn(await send("aziz", { ...key, "if-match": "1.0" }));
    expect([odd.status, odd.errors?.[0]?.field]).toEqual([400, "If-Match"]);
    for (const tag of ['"1.1"', `W/${knownTag}`]) {
      expect((await problemIn(await send("aziz", { ...key, "if-match": tag }))).status).toBe(412);
    }
    expect((await send("aziz", { ...key, "if-match": `"9", ${knownTag}` })).status).toBe(201);
  });

  test("records an adjuster's ruling, once per key", async () => {
    expect((await send("aziz", { "if-match": knownTag })).status).toBe(400);
    expect((await decide("aziz", "d")).status).toBe(201);
    const again = await decide("aziz", "d");
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(platform.asked.at(-1)?.given).toMatchObject({ fileOpenedAt: 1_795_339_800_000_000n });
  });

  test("another insurer's adjuster finds no such claim", async () => {
    expect((await problemIn(await decide("elsewhere"))).status).toBe(404);
  });
});

test("GET /claims/{id}/decisions/{version}/letter gives the letter as plain text, or says that there is none", async () => {
  const letter = await platform.ask(`/claims/${knownClaim}/decisions/2/letter`, { as: "amina" });
  expect([letter.status, letter.headers.get("content-type")]).toEqual([
    200,
    "text/plain; charset=utf-8",
  ]);
  expect(await letter.text()).toBe("DECISION ON CLAIM\n");
  const none = await platform.ask(`/claims/${knownClaim}/decisions/1/letter`, { as: "amina" });
  expect(none.status).toBe(404);
  const odd = await platform.ask(`/claims/${knownClaim}/decisions/0/letter`, { as: "amina" });
  expect(odd.status).toBe(404);
});

test("GET /claims/{id}/receipts lists each record and where its receipt is", async () => {
  const answer = await platform.ask(`/claims/${knownClaim}/receipts`, { as: "amina" });
  expect(await answer.json()).toEqual({
    claim: knownClaim,
    records: [
      {
        leafHash: knownHash,
        type: "claim.submitted",
        version: "1",
        signed: true,
        receipt: `/records/${knownHash}/receipt`,
      },
    ],
  });
});
