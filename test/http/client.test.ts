import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type * as z from "zod";
import { client, type ProblemOf, type RequestOf, routes } from "../../shared/api/client/index.ts";
import { exampleSubmission } from "../../shared/api/example.ts";
import { claimBodySchema } from "../../shared/api/routes/claimant.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { Ruling } from "../../shared/claim/ruling.ts";
import { knownClaim, knownHash, unsignedHash } from "./claims-double.ts";
import { insurer, startPlatform } from "./platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());
afterEach(() => {
  platform.state.failure = undefined;
});

const as = (name: string) =>
  client(routes, { baseUrl: platform.gateway.url, token: () => platform.token(name), fetch });

const body = claimBodySchema.parse(exampleSubmission);

type Body = z.output<typeof claimBodySchema>;
type Ruled = { params: { id: string }; body: Ruling; idempotencyKey: string };

/** Whether the method does not take a request of this type: decided by the compiler. */
type Refuses<Name extends keyof typeof routes, Request> =
  Request extends RequestOf<(typeof routes)[Name]> ? false : true;

describe("the client", () => {
  test("sends what its types hold and gives back what the row's schema reads", async () => {
    const reply = await as("amina").submitClaim({ body, idempotencyKey: "k" });
    if (!reply.ok) throw new Error(reply.problem.title);
    expect(reply.status).toBe(201);
    const { claim, record } = reply.value;
    expect([claim, record.version]).toEqual([knownClaim, 1n]);
    const { given } = platform.asked.at(-1)!;
    expect(given).toMatchObject({ lines: body.lines });
    const again = await as("amina").submitClaim({ body, idempotencyKey: "k" });
    expect(again.header("idempotency-replayed")).toBe("true");
  });

  test("keeps amounts beyond 2^53", async () => {
    const minor = 9_007_199_254_740_993n;
    const lines = [{ service: "x", claimed: { minor, currency: "CNY" as const } }];
    await as("amina").submitClaim({ body: { ...body, lines }, idempotencyKey: "large" });
    expect(platform.asked.at(-1)?.given).toMatchObject({ lines });
  });

  test("tells a receipt from one that is not signed yet, text from bytes", async () => {
    platform.state.pendingPolls = 1;
    const { readReceipt } = as("amina");
    expect(await readReceipt({ params: { leafHash: unsignedHash } })).toMatchObject({
      status: 202,
    });
    expect(await readReceipt({ params: { leafHash: knownHash } })).toMatchObject({
      status: 200,
      value: "c2sp.org/tlog-proof@v1\n",
    });
    const tile = await as("amina").readTile({ params: { insurer, path: "0/000.p/1" } });
    expect(tile).toMatchObject({ status: 200, value: new Uint8Array(32).fill(200) });
  });

  test("gives refusals as values: the function's, the gateway's", async () => {
    const unknown = await as("amina").readClaim({ params: { id: "f".repeat(32) } });
    expect(unknown).toMatchObject({
      ok: false,
      status: 404,
      problem: { type: "urn:countersign:problem:not-found", traceId: expect.any(String) },
    });
    const nobody = client(routes, { baseUrl: platform.gateway.url, fetch });
    expect(await nobody.readClaim({ params: { id: knownClaim } })).toMatchObject({
      ok: false,
      status: 401,
      problem: { type: "about:blank", title: "Unauthorized" },
    });
  });

  test("gives the row's own problem types as a union, and about:blank for one that it does not declare", async () => {
    const unknown = await as("amina").readClaim({ params: { id: "f".repeat(32) } });
    if (unknown.ok) throw new Error("it is not there");
    type Own = `urn:countersign:problem:${ProblemOf<(typeof routes)["readClaim"]>}` | "about:blank";
    const own: Own = unknown.problem.type;
    type NoPack = Extract<Own, "urn:countersign:problem:no-pack">;
    const never: [NoPack] extends [never] ? true : false = true;
    expect(never).toBe(true);
    expect(own).toBe("urn:countersign:problem:not-found");
    const later = { type: "urn:countersign:problem:of-next-year", title: "New", status: 409 };
    const answer = () => new Response(JSON.stringify(later), { status: 409 });
    const newer = client(routes, { baseUrl: "", fetch: async () => answer() });
    expect(await newer.readClaim({ params: { id: knownClaim } })).toMatchObject({
      status: 409,
      problem: { type: "about:blank", title: "New" },
    });
  });

  test("throws for an answer that is not the row's, and names no value of it", async () => {
    const answering = (text: string, status = 200) =>
      client(routes, { baseUrl: "", fetch: async () => new Response(text, { status }) });
    const params = { id: knownClaim };
    const broken = answering('{"claim":"secret"}').readClaim({ params });
    await expect(broken).rejects.toThrow(Malformed);
    await expect(broken).rejects.not.toThrow(/secret/);
    await expect(answering("<html>", 502).readClaim({ params })).rejects.toThrow(/502/);
  });

  test("writes path, query and headers so that nothing in them is read as more", async () => {
    const sent: [string, RequestInit][] = [];
    const seen = client(routes, {
      baseUrl: "https://api.example",
      token: "t",
      fetch: async (url, init) => {
        sent.push([url, init]);
        return new Response("{}", { status: 418, headers: { "content-type": "application/json" } });
      },
    });
    await seen.readTile({ params: { insurer: "a/b?c", path: "0/x 1" } }).catch(() => {});
    await seen.listClaims({ query: { limit: 7, cursor: "a&b" }, waitSeconds: 3 }).catch(() => {});
    expect(sent.map(([url]) => url)).toEqual([
      "https://api.example/logs/a%2Fb%3Fc/tile/0/x%201",
      "https://api.example/claims?limit=7&cursor=a%26b",
    ]);
    expect(sent.map(([, { headers }]) => headers)).toEqual([
      {},
      { authorization: "Bearer t", prefer: "wait=3" },
    ]);
  });

  test("asks, by its types, for what the row asks for", () => {
    const refused: [
      Refuses<"submitClaim", { body: Body }>,
      Refuses<"submitClaim", { idempotencyKey: string }>,
      Refuses<"submitClaim", { body: typeof exampleSubmission; idempotencyKey: string }>,
      Refuses<"readClaim", object>,
      Refuses<"decideClaim", Ruled>,
    ] = [true, true, true, true, true];
    const taken: [
      Refuses<"submitClaim", { body: Body; idempotencyKey: string }>,
      Refuses<"readClaim", { params: { id: string } }>,
      Refuses<"decideClaim", Ruled & { ifMatch: string }>,
    ] = [false, false, false];
    expect([...refused, ...taken]).toHaveLength(8);
  });
});
