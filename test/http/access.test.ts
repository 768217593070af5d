import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { issuerKey } from "../../local/issuer/key-file.ts";
import { localUser } from "../../local/issuer/users.ts";
import { exampleRuling, exampleSubmission } from "../../shared/api/example.ts";
import { knownClaim } from "./claims-double.ts";
import { problemIn, startPlatform } from "./platform.ts";
import { claimsOf, signWith } from "./signed.ts";

/*
 * How a request that nobody lets in looks to its client, over HTTP. Which requests these are, of which route and by whom, is tried in matrix.test.ts.
 */
let platform: Awaited<ReturnType<typeof startPlatform>>;
let key: Awaited<ReturnType<typeof issuerKey>>;
beforeAll(async () => {
  platform = await startPlatform();
  key = await issuerKey(platform.folder, "unused");
});
afterAll(() => platform.stop());

const signed = (name: string, changes: object = {}) =>
  signWith(key, { ...claimsOf(key, localUser(name, "claimant")), ...changes });
const submit = (token?: string) =>
  platform.ask("/claims", {
    ...(token === undefined ? {} : { token }),
    body: exampleSubmission,
    headers: { "idempotency-key": "k" },
  });

test.each<[string, () => Promise<string | undefined>]>([
  ["none", async () => undefined],
  ["an expired one", () => signed("amina", { exp: Math.floor(Date.now() / 1_000) - 60 })],
])("without a token that holds (%s) it is 401, in API Gateway's bytes", async (_, make) => {
  const answer = await submit(await make());
  expect(answer.status).toBe(401);
  expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
  expect(await answer.text()).toBe('{"message":"Unauthorized"}');
});

test("without the route's scope it is 403, in API Gateway's bytes", async () => {
  const answer = await submit(await signed("amina", { scope: "countersign/claims:read" }));
  expect([answer.status, await answer.text()]).toEqual([403, '{"message":"Forbidden"}']);
});

test("with an ID token it is 401, in the function's words", async () => {
  const problem = await problemIn(await submit(await signed("amina", { token_use: "id" })));
  expect(problem).toMatchObject({ status: 401, detail: "The token is not an access token." });
});

test("with another role's row it is 403, and says nothing of whose it is", async () => {
  const scope = "countersign/claims:submit countersign/claims:adjudicate";
  for (const name of ["aziz", "elsewhere", "nobody"]) {
    const problem = await problemIn(await submit(await signed(name, { scope })));
    expect(problem).toMatchObject({
      type: "urn:countersign:problem:not-permitted",
      detail: "The caller has no such role here.",
    });
  }
  const path = `/claims/${knownClaim}/decisions`;
  const token = await signed("amina", { scope });
  expect((await problemIn(await platform.ask(path, { token, body: exampleRuling }))).status).toBe(
    403,
  );
});

test("nothing of all this reached the port", () => expect(platform.asked).toEqual([]));
