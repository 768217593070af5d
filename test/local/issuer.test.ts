import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request as send } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { clientSecret } from "../../local/issuer/client-secret.ts";
import { issuerKey } from "../../local/issuer/key-file.ts";
import { startIssuer } from "../../local/issuer/start.ts";
import { personClient } from "../../local/issuer/token.ts";
import { localUser, subOf } from "../../local/issuer/users.ts";
import { scopesOfRole } from "../../shared/api/role.ts";

const users = [localUser("amina", "claimant"), localUser("robot", "adjuster", "machine")];
let folder: string;
let issuer: Awaited<ReturnType<typeof startIssuer>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-issuer-"));
  issuer = await startIssuer({ folder, port: 0, users });
});
afterAll(async () => {
  await issuer.stop(0);
  rmSync(folder, { recursive: true });
});

const ask = async (form: Record<string, string>, headers: Record<string, string> = {}) => {
  const body = new URLSearchParams(form);
  const answer = await fetch(`${issuer.url}/token`, { method: "POST", headers, body });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
};
const person = { grant_type: "password", client_id: personClient, username: "amina" };
const machine = () => ({
  grant_type: "client_credentials",
  client_id: "robot",
  client_secret: readFileSync(join(folder, "robot.secret"), "utf8"),
});

/** What Cognito's documentation shows in an access token of a person, and of a client's own, besides the standard names. */
const times = { iat: expect.any(Number), exp: expect.any(Number), auth_time: expect.any(Number) };
const common = { token_use: "access", version: 2, jti: expect.any(String), ...times };

describe("POST /token", () => {
  test("gives a person an access token with Cognito's claims and no others, which the published key verifies", async () => {
    const { json } = await ask(person);
    expect(json).toMatchObject({ token_type: "Bearer", expires_in: 3600 });
    const token = String(json.access_token);
    const jwks = (await (await fetch(`${issuer.url}/.well-known/jwks.json`)).json()) as never;
    expect(JSON.stringify(jwks)).not.toContain('"d"');
    const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), { issuer: issuer.issuer });
    expect(payload).toEqual({
      ...common,
      iss: issuer.issuer,
      sub: subOf("amina"),
      client_id: "countersign-local",
      username: "amina",
      event_id: expect.any(String),
      origin_jti: expect.any(String),
      "cognito:groups": ["claimant"],
      scope: "countersign/claims:submit countersign/claims:read.own",
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
    expect(decodeProtectedHeader(token)).toEqual({ alg: "RS256", kid: issuer.jwks.keys[0]?.kid });
  });

  test("gives a machine that shows its secret a token without a user", async () => {
    const { json } = await ask(machine());
    expect(decodeJwt(String(json.access_token))).toEqual({
      ...common,
      iss: issuer.issuer,
      sub: "robot",
      client_id: "robot",
      scope: scopesOfRole.adjuster.join(" "),
    });
  });

  test("takes the secret as HTTP Basic, too", async () => {
    const { client_secret: secret } = machine();
    const authorization = `Basic ${Buffer.from(`robot:${secret}`).toString("base64")}`;
    const { status } = await ask({ grant_type: "client_credentials" }, { authorization });
    expect(status).toBe(200);
  });

  test("gives fewer scopes when asked, never more", async () => {
    const less = await ask({ ...person, scope: "countersign/claims:submit" });
    expect(less.json.scope).toBe("countersign/claims:submit");
    expect(decodeJwt(String(less.json.access_token)).scope).toBe("countersign/claims:submit");
    for (const form of [person, machine()]) {
      const more = await ask({ ...form, scope: "countersign/ledger:verify" });
      expect([more.status, more.json.error]).toEqual([400, "invalid_scope"]);
    }
  });

  test.each<[string, Record<string, string>, number, string]>([
    ["a person nobody knows", { ...person, username: "eve" }, 400, "invalid_grant"],
    ["a machine as a person", { ...person, username: "robot" }, 400, "invalid_grant"],
    ["nobody", { grant_type: "password", client_id: personClient }, 400, "invalid_grant"],
    ["no client", { grant_type: "password", username: "amina" }, 400, "invalid_request"],
    [
      "a machine without its secret",
      { grant_type: "client_credentials", client_id: "robot" },
      401,
      "invalid_client",
    ],
    [
      "a machine with another's",
      { grant_type: "client_credentials", client_id: "robot", client_secret: "x".repeat(43) },
      401,
      "invalid_client",
    ],
    [
      "a person's app as a machine",
      { grant_type: "client_credentials", client_id: personClient },
      400,
      "invalid_request",
    ],
    [
      "a client nobody knows",
      { grant_type: "client_credentials", client_id: "eve", client_secret: "x" },
      401,
      "invalid_client",
    ],
    ["another grant", { ...person, grant_type: "refresh_token" }, 400, "unsupported_grant_type"],
  ])("refuses %s", async (_, form, status, error) => {
    const answer = await ask(form);
    expect([answer.status, answer.json.error]).toEqual([status, error]);
    expect(answer.json).not.toHaveProperty("access_token");
  });

  test("reads no endless form", async () => {
    const { status, json } = await ask({ ...person, username: "a".repeat(60_000) });
    expect([status, json.error]).toEqual([400, "invalid_request"]);
  });
});

describe("a person who signs in by an app", () => {
  const callback = "http://127.0.0.1:4999/callback";
  const verifier = "v".repeat(43);
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const wanted = {
    client_id: personClient,
    response_type: "code",
    redirect_uri: callback,
    scope: "openid countersign/claims:submit countersign/ledger:verify",
    state: "the app's own",
    code_challenge: challenge,
    code_challenge_method: "S256",
  };
  const jar = () => {
    const cookies = new Map<string, string>();
    return async (path: string, init: RequestInit = {}) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const url = path.startsWith("http") ? path : `${issuer.url}${path}`;
      const answer = await fetch(url, { ...init, headers: { cookie }, redirect: "manual" });
      for (const line of answer.headers.getSetCookie()) {
        const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=");
        cookies.set(name, value);
      }
      return answer;
    };
  };
  const choose = async (browser: ReturnType<typeof jar>, asked: Record<string, string>) => {
    const begun = await browser(`/authorize?${new URLSearchParams(asked)}`);
    const page = begun.headers.get("location") ?? "";
    return { begun, page };
  };
  const signIn = async (username: string, asked: Record<string, string> = wanted) => {
    const browser = jar();
    const { page } = await choose(browser, asked);
    const body = new URLSearchParams({ username });
    const chosen = await browser(page, { method: "POST", body });
    const back = await browser(chosen.headers.get("location") ?? "");
    return new URL(back.headers.get("location") ?? "");
  };
  const redeem = (code: string, verifiedBy = verifier) =>
    ask({
      grant_type: "authorization_code",
      client_id: personClient,
      redirect_uri: callback,
      code,
      code_verifier: verifiedBy,
    });

  test("is shown who may, chooses, and gets a token with what they hold of what the app asked for", async () => {
    const back = await signIn("amina");
    expect([back.origin, back.pathname]).toEqual(["http://127.0.0.1:4999", "/callback"]);
    expect(back.searchParams.get("state")).toBe("the app's own");
    const { status, json } = await redeem(back.searchParams.get("code") ?? "");
    expect(status).toBe(200);
    const access = decodeJwt(String(json.access_token));
    expect(access).toMatchObject({ sub: subOf("amina"), token_use: "access", username: "amina" });
    expect(access.scope).toBe("countersign/claims:submit");
    expect(access).not.toHaveProperty("aud");
    const id = decodeJwt(String(json.id_token));
    expect(id).toMatchObject({
      sub: subOf("amina"),
      aud: personClient,
      token_use: "id",
      "cognito:username": "amina",
    });
  });

  test("spends the code once, and only with the verifier that goes with it", async () => {
    const code = (await signIn("amina")).searchParams.get("code") ?? "";
    expect((await redeem(code, "w".repeat(43))).json.error).toBe("invalid_grant");
    const again = (await signIn("amina")).searchParams.get("code") ?? "";
    expect((await redeem(again)).status).toBe(200);
    expect((await redeem(again)).json.error).toBe("invalid_grant");
  });

  test("is led to no page but an app's own on loopback, and never without PKCE", async () => {
    const elsewhere = { ...wanted, redirect_uri: "http://evil.example/callback" };
    const { begun } = await choose(jar(), elsewhere);
    expect([begun.status, begun.headers.get("location")]).toEqual([400, null]);
    const { code_challenge: _, code_challenge_method: __, ...bare } = wanted;
    const refused = await choose(jar(), bare);
    expect(refused.page).toMatch(/^http:\/\/127\.0\.0\.1:4999\/callback\?error=invalid_request/);
  });

  test("is nobody else, no machine, and begins at the app", async () => {
    const browser = jar();
    const { page } = await choose(browser, wanted);
    const shown = await (await browser(page)).text();
    expect(shown).toContain('value="amina"');
    expect(shown).not.toContain("robot");
    for (const username of ["robot", "eve", "<b>"]) {
      const body = new URLSearchParams({ username });
      const answer = await browser(page, { method: "POST", body });
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("alert")]);
    }
    expect((await jar()(page)).status).toBe(400);
    expect((await jar()("/sign-in/unknown", { method: "POST" })).status).toBe(400);
  });
});

test("discovery names its own endpoints", async () => {
  const answer = await fetch(`${issuer.url}/.well-known/openid-configuration`);
  expect(await answer.json()).toMatchObject({
    issuer: issuer.url,
    authorization_endpoint: `${issuer.url}/authorize`,
    token_endpoint: `${issuer.url}/token`,
    code_challenge_methods_supported: ["S256"],
    jwks_uri: `${issuer.url}/.well-known/jwks.json`,
  });
});

test("answers nobody who came by another name", async () => {
  const headers = { host: "evil.example" };
  const request = send({
    port: issuer.port,
    path: "/.well-known/jwks.json",
    headers,
    agent: false,
  });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  expect(response.resume().statusCode).toBe(421);
});

describe("the key", () => {
  test("is private to its owner and outlives a restart on another port, name included", async () => {
    expect(statSync(join(folder, "issuer.json")).mode & 0o777).toBe(0o600);
    const again = await startIssuer({ folder, port: 0, users });
    expect(again.url).not.toBe(issuer.url);
    expect([again.issuer, again.jwks]).toEqual([issuer.issuer, issuer.jwks]);
    await again.stop(0);
  });

  test("is one, whoever makes it first", async () => {
    const fresh = mkdtempSync(join(tmpdir(), "countersign-issuer-"));
    const [a, b] = await Promise.all([issuerKey(fresh, "a"), issuerKey(fresh, "b")]);
    expect([a.kid, a.issuer]).toEqual([b.kid, b.issuer]);
    rmSync(fresh, { recursive: true });
  });

  test("that is damaged is named, never replaced", async () => {
    const damaged = mkdtempSync(join(tmpdir(), "countersign-issuer-"));
    const path = join(damaged, "issuer.json");
    for (const text of ["", "{", "{}", '{"issuer":"i","key":{"kty":"RSA"}}']) {
      writeFileSync(path, text);
      await expect(startIssuer({ folder: damaged, port: 0, users })).rejects.toThrow(
        /issuer\.json: is damaged/,
      );
      expect(readFileSync(path, "utf8")).toBe(text);
    }
    rmSync(damaged, { recursive: true });
  });
});

describe("a machine's secret", () => {
  test("is private to its owner, outlives a restart, and is another's on another machine", async () => {
    const path = join(folder, "robot.secret");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const [fresh, secret] = [
      mkdtempSync(join(tmpdir(), "countersign-issuer-")),
      readFileSync(path),
    ];
    await (await startIssuer({ folder, port: 0, users })).stop(0);
    expect(readFileSync(path)).toEqual(secret);
    expect(clientSecret(fresh, "robot")).not.toBe(secret.toString());
    rmSync(fresh, { recursive: true });
  });

  test("that is damaged is named, never replaced", async () => {
    const damaged = mkdtempSync(join(tmpdir(), "countersign-issuer-"));
    writeFileSync(join(damaged, "robot.secret"), "short");
    await expect(startIssuer({ folder: damaged, port: 0, users })).rejects.toThrow(
      /robot\.secret: is damaged/,
    );
    rmSync(damaged, { recursive: true });
  });
});

test("a taken port is one sentence that names it", async () => {
  await expect(startIssuer({ folder, port: issuer.port, users })).rejects.toThrow(
    `The token issuer can't listen: port ${issuer.port} on 127.0.0.1 is taken by another program.`,
  );
});
