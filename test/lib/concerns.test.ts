import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { migrationSteps, stepsHash } from "../../lib/steps-hash.ts";
import { roles, scopes, scopesOfRole } from "../../shared/api/role.ts";
import { ofType, synthesised } from "./synthesised.ts";

/* What each construct promises of its concern alone, and neither another test here nor cdk-nag asks. */
const { resources } = synthesised();
const propertiesOf = <Properties>(type: string): readonly Properties[] =>
  ofType(resources, type).map(([, { Properties }]) => Properties as Properties);

test("a queue gives its job two logs at once at least, and no concurrency is set aside for any function", () => {
  const mappings = propertiesOf<{ ScalingConfig?: { MaximumConcurrency: number } }>(
    "AWS::Lambda::EventSourceMapping",
  );
  const atOnce = mappings.map(({ ScalingConfig }) => ScalingConfig?.MaximumConcurrency ?? 0);
  expect(Math.min(...atOnce)).toBeGreaterThanOrEqual(2);
  for (const properties of propertiesOf<object>("AWS::Lambda::Function")) {
    expect(properties).not.toHaveProperty("ReservedConcurrentExecutions");
  }
});

describe("the user pool", () => {
  test("has a group for each role, and a scope for each of ours", () => {
    const groups = propertiesOf<{ GroupName: string }>("AWS::Cognito::UserPoolGroup");
    expect(groups.map(({ GroupName }) => GroupName).sort()).toEqual([...roles].sort());
    const [server] = propertiesOf<{ Identifier: string; Scopes: { ScopeName: string }[] }>(
      "AWS::Cognito::UserPoolResourceServer",
    );
    const given = server?.Scopes.map(({ ScopeName }) => `${server.Identifier}/${ScopeName}`);
    expect(given?.sort()).toEqual([...scopes].sort());
  });

  test("gives each client the scopes of those who use it: a machine no more than an intake's", () => {
    const clients = propertiesOf<{ AllowedOAuthScopes: unknown[]; GenerateSecret: boolean }>(
      "AWS::Cognito::UserPoolClient",
    ).map(({ AllowedOAuthScopes, GenerateSecret }) => [
      GenerateSecret,
      [...JSON.stringify(AllowedOAuthScopes).matchAll(/\/([a-z.:]+)"/g)]
        .map(([, name]) => `countersign/${name}`)
        .sort(),
    ]);
    const { claimant, intake, ...staff } = scopesOfRole;
    expect(clients).toEqual([
      [false, [...claimant].sort()],
      [false, [...new Set(Object.values(staff).flat())].sort()],
      [true, [...intake].sort()],
    ]);
  });
});

test("the API logs each request, and of it neither path nor query, caller or address", () => {
  const [stage] = propertiesOf<{ AccessLogSettings: { Format: string } }>(
    "AWS::ApiGatewayV2::Stage",
  );
  expect(Object.values(JSON.parse(stage?.AccessLogSettings.Format ?? "{}"))).toEqual([
    ...["$context.requestId", "$context.routeKey", "$context.status"],
    ...["$context.responseLatency", "$context.integrationErrorMessage"],
  ]);
});

test("migrations run again when a step is added, changed or renamed, and not when none is", () => {
  const [{ Steps } = { Steps: "" }] = propertiesOf<{ Steps: string }>("Custom::Migrations");
  expect(Steps).toBe(stepsHash(migrationSteps));
  const folder = mkdtempSync(join(tmpdir(), "countersign-steps-"));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const seen = [() => write("0001.sql", "a"), () => write("0002.sql", "b")].map((change) => {
    change();
    return stepsHash(folder);
  });
  expect(stepsHash(folder)).toBe(seen.at(-1));
  write("0002.sql", "c");
  seen.push(stepsHash(folder));
  renameSync(join(folder, "0002.sql"), join(folder, "0003.sql"));
  seen.push(stepsHash(folder));
  expect(new Set(seen).size).toBe(4);
  rmSync(folder, { recursive: true });
});
