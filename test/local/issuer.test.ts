import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request as send } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { issuerKey } from "../../local/issuer/key-file.ts";
import { startIssuer } from "../../local/issuer/start.ts";
import { localUser, subOf } from "../../local/issuer/users.ts";

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

const ask = async (body: string) => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const answer = await fetch(`${issuer.url}/token`, { method: "POST", headers, body });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
};

describe("POST /token", () => {
  test("gives a person an access token with Cognito's claims, which the published key verifies", async () => {
    const { json } = await ask("grant_type=password&username=amina");
    expect(json).toMatchObject({ token_type: "Bearer", expires_in: 3600 });
    const token = String(json.access_token);
    const jwks = (await (await fetch(`${issuer.url}/.well-known/jwks.json`)).json()) as never;
    expect(JSON.stringify(jwks)).not.toContain('"d"');
    const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), { issuer: issuer.issuer });
    expect(payload).toMatchObject({
      sub: subOf("amina"),
      token_use: "access",
      client_id: "countersign-local",
      username: "amina",
      "cognito:groups": ["claimant"],
      scope: "countersign/claims:submit countersign/claims:read.own",
    });
    expect(payload.aud).toBeUndefined();
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: "RS256", kid: expect.any(String) });
  });

  test("gives a machine a token without a user", async () => {
    const { json } = await ask("grant_type=client_credentials&client_id=robot");
    const payload = decodeJwt(String(json.access_token));
    expect(payload).toMatchObject({ token_use: "access", version: 2 });
    expect(payload).not.toHaveProperty("username");
    expect(payload).not.toHaveProperty("cognito:groups");
  });

  test("gives fewer scopes when asked, never more", async () => {
    const less = await ask("grant_type=password&username=amina&scope=countersign/claims:submit");
    expect(less.json.scope).toBe("countersign/claims:submit");
    const more = await ask(
      "grant_type=password&username=amina&scope=countersign/claims:adjudicate",
    );
    expect([more.status, more.json.error]).toEqual([400, "invalid_scope"]);
  });

  test.each([
    ["grant_type=password&username=eve", "invalid_grant"],
    ["grant_type=password&username=robot", "invalid_grant"],
    ["grant_type=client_credentials&client_id=amina", "invalid_grant"],
    ["grant_type=refresh_token", "unsupported_grant_type"],
    ["", "unsupported_grant_type"],
  ])("%j is %s", async (body, error) => {
    const { status, json } = await ask(body);
    expect([status, json.error]).toEqual([400, error]);
  });

  test("reads no endless form", async () => {
    expect((await ask(`username=${"a".repeat(9_000)}`)).status).toBe(413);
  });
});

test("discovery names its own endpoints", async () => {
  const answer = await fetch(`${issuer.url}/.well-known/openid-configuration`);
  expect(await answer.json()).toMatchObject({
    issuer: issuer.url,
    token_endpoint: `${issuer.url}/token`,
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

test("a taken port is one sentence that names it", async () => {
  await expect(startIssuer({ folder, port: issuer.port, users })).rejects.toThrow(
    `The token issuer can't listen: port ${issuer.port} on 127.0.0.1 is taken by another program.`,
  );
});
