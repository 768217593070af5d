import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { issuerKey } from "../../local/issuer/key-file.ts";
import { personClient } from "../../local/issuer/token.ts";
import { subOf } from "../../local/issuer/users.ts";
import { exampleRuling, exampleSubmission } from "../../shared/api/example.ts";
import { knownClaim, knownHash } from "./claims-double.ts";
import { insurer, problemIn, startPlatform } from "./platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;
let key: Awaited<ReturnType<typeof issuerKey>>;
beforeAll(async () => {
  platform = await startPlatform();
  key = await issuerKey(platform.folder, "unused");
});
afterAll(() => platform.stop());

const all =
  "countersign/claims:submit countersign/claims:read countersign/claims:adjudicate countersign/ledger:verify";

const claims = (changes: Record<string, unknown> = {}) => ({
  iss: key.issuer,
  sub: subOf("aziz"),
  client_id: personClient,
  token_use: "access",
  scope: all,
  exp: Math.floor(Date.now() / 1000) + 60,
  ...changes,
});
const signed = (changes = {}, header = {}, by: CryptoKey = key.signing) =>
  new SignJWT(claims(changes))
    .setProtectedHeader({ alg: "RS256", kid: key.kid, ...header })
    .sign(by);

const guarded = [
  ["POST", "/claims", exampleSubmission],
  ["GET", `/claims/${knownClaim}`, undefined],
  ["POST", `/claims/${knownClaim}/decisions`, exampleRuling],
  ["GET", `/claims/${knownClaim}/receipts`, undefined],
  ["GET", `/claims/${knownClaim}/decisions/2/letter`, undefined],
  ["GET", `/records/${knownHash}/receipt`, undefined],
  ["GET", `/logs/${insurer}/tile/entries/000.p/1`, undefined],
] as const;

const past = () => Math.floor(Date.now() / 1000) - 60;
const forged: Record<string, () => Promise<string | undefined>> = {
  "no token": async () => undefined,
  "a word": async () => "token",
  "an expired token": () => signed({ exp: past() }),
  "a token without an end": () => signed({ exp: undefined }),
  "a token not yet good": () => signed({ nbf: past() + 3600 }),
  "a foreign issuer": () => signed({ iss: "https://issuer.example" }),
  "another audience": () => signed({ client_id: "another" }),
  "an aud that overrides client_id": () => signed({ aud: "another" }),
  "another's key": async () => signed({}, {}, (await generateKeyPair("RS256")).privateKey),
  "an unknown kid": () => signed({}, { kid: "another" }),
  "no kid": () => signed({}, { kid: undefined }),
  "alg none": async () => new UnsecuredJWT(claims()).encode(),
  "HS256 with the public modulus": () =>
    new SignJWT(claims())
      .setProtectedHeader({ alg: "HS256", kid: key.kid })
      .sign(Buffer.from(key.public.n ?? "", "base64url")),
  "a changed payload": async () => {
    const [head, , tail] = (await signed()).split(".");
    const payload = Buffer.from(JSON.stringify(claims({ sub: subOf("auditor") })));
    return [head, payload.toString("base64url"), tail].join(".");
  },
};

describe.each(Object.entries(forged))("%s", (_, forge) => {
  test.each(guarded)("%s %s is 401, in API Gateway's bytes", async (method, path, body) => {
    const token = await forge();
    const answer = await platform.ask(path, {
      method,
      ...(body ? { body } : {}),
      ...(token ? { token } : {}),
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
    expect(await answer.text()).toBe('{"message":"Unauthorized"}');
  });
});

test("nothing forged reached the port", () => expect(platform.asked).toEqual([]));

describe("a good token", () => {
  const submit = (token: string) =>
    platform.ask("/claims", {
      token,
      body: exampleSubmission,
      headers: { "idempotency-key": "k" },
    });

  test("without the route's scope is 403, in API Gateway's bytes", async () => {
    const answer = await submit(await signed({ scope: "countersign/claims:read" }));
    expect([answer.status, await answer.text()]).toEqual([403, '{"message":"Forbidden"}']);
  });

  test("that is an ID token is refused by the function", async () => {
    const problem = await problemIn(await submit(await signed({ token_use: "id" })));
    expect(problem).toMatchObject({ status: 401, detail: "The token is not an access token." });
  });

  test.each([
    ["with the wrong role", { sub: subOf("aziz") }],
    ["of another tenant", { sub: subOf("elsewhere") }],
    ["of nobody in our table", { sub: subOf("nobody") }],
    ["that claims a group", { sub: subOf("aziz"), "cognito:groups": ["claimant"] }],
  ])("%s is 403", async (_, changes) => {
    expect((await problemIn(await submit(await signed(changes)))).type).toBe(
      "urn:countersign:problem:not-permitted",
    );
    expect(platform.asked).toEqual([]);
  });

  test("of a claimant decides nothing, even with every scope", async () => {
    const answer = await platform.ask(`/claims/${knownClaim}/decisions`, {
      token: await signed({ sub: subOf("amina") }),
      body: exampleRuling,
    });
    expect((await problemIn(answer)).status).toBe(403);
    expect(platform.asked).toEqual([]);
  });
});
