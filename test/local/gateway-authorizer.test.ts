import { describe, expect, jest, test } from "@jest/globals";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { jwtAuthorizer } from "../../local/gateway/authorizer.ts";

async function trusting(alg: string) {
  const pair = await generateKeyPair(alg);
  const key: JWK = { ...(await exportJWK(pair.publicKey)), kid: "k" };
  const authorize = jwtAuthorizer({ issuer: "i", jwks: { keys: [key] }, audience: ["us"] });
  const token = (claims: object) =>
    new SignJWT({ iss: "i", client_id: "us", exp: Math.floor(Date.now() / 1000) + 60, ...claims })
      .setProtectedHeader({ alg, kid: "k" })
      .sign(pair.privateKey);
  return { authorize, token };
}

describe("jwtAuthorizer", () => {
  test("takes the token with or without Bearer, and gives claims as text", async () => {
    const { authorize, token } = await trusting("RS256");
    const good = await token({ sub: "s", scope: "a b" });
    const open = { claims: { sub: "s", scope: "a b" }, scopes: null };
    expect(await authorize(good, [])).toMatchObject(open);
    expect(await authorize(`Bearer ${good}`, [])).toMatchObject(open);
    expect(await authorize(good, ["x", "b"])).toMatchObject({ scopes: ["a", "b"] });
  });

  test("reads scp before scope, and a list of audiences", async () => {
    const { authorize, token } = await trusting("RS256");
    const good = await token({ scp: ["c"], scope: "a", aud: ["them", "us"] });
    expect(await authorize(good, ["c"])).toMatchObject({ scopes: ["c"] });
    expect(await authorize(good, ["a"])).toMatchObject({ status: 403 });
  });

  test("says in the challenge what was wrong", async () => {
    const { authorize, token } = await trusting("RS256");
    expect(await authorize(undefined, [])).toEqual({ status: 401, challenge: "Bearer" });
    expect(await authorize(await token({ client_id: "them" }), [])).toEqual({
      status: 401,
      challenge:
        'Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"',
    });
  });

  test("takes a token it saw before only until it expires, and no other with its claims", async () => {
    const { authorize, token } = await trusting("RS256");
    const good = await token({ sub: "s" });
    expect(await authorize(good, [])).toHaveProperty("claims");
    expect(await authorize(good, [])).toHaveProperty("claims");
    const [head, claims] = good.split(".");
    const forged = `${head}.${claims}.${(await token({ sub: "t" })).split(".")[2]}`;
    expect(await authorize(forged, [])).toMatchObject({ status: 401 });
    expect(await authorize(good, ["x"])).toMatchObject({ status: 403 });
    jest.useFakeTimers({ now: Date.now() + 61_000, doNotFake: ["nextTick", "setImmediate"] });
    try {
      expect(await authorize(good, [])).toMatchObject({
        status: 401,
        challenge: expect.stringContaining("the token has expired"),
      });
    } finally {
      jest.useRealTimers();
    }
  });

  test.each(["ES256", "PS256", "Ed25519"])("takes no %s, only RSASSA-PKCS1", async (alg) => {
    const { authorize, token } = await trusting(alg);
    expect(await authorize(await token({}), [])).toMatchObject({ status: 401 });
  });
});
