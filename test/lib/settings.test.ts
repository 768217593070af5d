import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { App } from "aws-cdk-lib";
import { BadSetting } from "../../lib/context.ts";
import type { EnvOf, PlatformFunctionProps } from "../../lib/platform-function.ts";
import { ledgerLine, readSettings } from "../../lib/settings.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { ed25519Signer } from "../log/signers.ts";

const read = (context: Record<string, unknown>) => readSettings(new App({ context }).node);

test("without context: the tlog, an example origin", () => {
  expect(read({}).ledger).toBe("tlog");
  expect(read({ ledger: "qldb", originPrefix: "log.acme.example/claims" })).toMatchObject({
    ledger: "qldb",
    originPrefix: "log.acme.example/claims",
  });
});

test.each([
  ["ledger", "dynamodb"],
  ["ledger", ""],
  ["ledger", 1],
  ["originPrefix", "https://acme.example"],
  ["originPrefix", "Acme.example"],
  ["originPrefix", "acme.example/"],
  ["originPrefix", "localhost"],
  ["callbackUrl", "http://acme.example"],
  ["callbackUrl", "nowhere"],
  ["screeningUrl", "http://screening.example"],
  ["signingKeys", "0"],
  ["signingKeys", "2,1"],
  ["signingKeys", "1,1"],
  ["signingKeys", "1,2,3"],
  ["signingKeys", ""],
  ["witnessPolicy", "nowhere.policy"],
  ["witnessPolicy", "package.json"],
  ["alarmEmail", "nobody"],
  ["alarmEmail", "a@b"],
  ["alarmEmail", ""],
  ["stage", "test"],
  ["region", "europe"],
  ["failoverRegion", "us-east-1"],
  ["account", "1234"],
  ["signerAccount", "222222222222"],
  ["cluster", "abc"],
  ["domainName", "claims.insurer.example"],
  ["domainName", "https://claims.insurer.example"],
  ["certificate", "arn:aws:acm:us-east-1:1:certificate/1"],
  ["originDomainName", "Origin.insurer.example"],
  ["originCertificate", "none"],
  ["countries", "at"],
  ["countries", "AT,"],
  ["countries", ""],
  ["blockedCountries", "Austria"],
  ["originVerify", "0"],
  ["originVerify", "2,1"],
  ["originVerify", "a-secret"],
  ["cluster", "abcdefghijklmnopqrstuvwxyz"],
  ["retentionYears", "10"],
])("%s = %p is refused by one sentence that names it", (name, value) => {
  let message = "";
  try {
    read({ [name]: value });
  } catch (error) {
    expect(error).toBeInstanceOf(BadSetting);
    message = (error as BadSetting).message;
  }
  expect(message).toMatch(/^Context \w+ must be [^\n]+\.$/);
  expect(message).toMatch(new RegExp(`\\b${name}\\b`));
});

test("a value that is no text, from cdk.json, is refused", () => {
  expect(() => read({ originPrefix: ["log.acme.example"] })).toThrow(
    "Context originPrefix must be text.",
  );
});

test("prod asks for years of retention, and a name that nobody reads is refused", () => {
  expect(() => read({ stage: "prod" })).toThrow(
    "Context retentionYears must be given with -c stage=prod, for nobody can shorten it afterwards.",
  );
  for (const retentionYears of ["0", "100", "ten", "1.5"]) {
    expect(() => read({ stage: "prod", retentionYears })).toThrow(
      `Context retentionYears must be a number of years from 1 to 99, not "${retentionYears}".`,
    );
  }
  expect(read({ stage: "prod", retentionYears: "10" }).retentionYears).toBe(10);
  expect(() => read({ retentionYear: "10" })).toThrow(/^Context retentionYear is none of stage, /);
});

test("two accounts are two, and both are named", () => {
  const two = { account: "111111111111", signerAccount: "222222222222" };
  const cluster = "abcdefghijklmnopqrstuvwxyz";
  expect(read({ ...two, cluster }).accounts).toEqual({
    ...{ platform: "111111111111", signer: "222222222222", cluster },
  });
  expect(() => read({ ...two, signerAccount: two.account })).toThrow(/another account/);
});

test("edge and API have a name each, with their certificates, or none; none only where the edge knows the API without", () => {
  const certificateIn = (region: string) =>
    `arn:aws:acm:${region}:111111111111:certificate/12345678-1234-1234-1234-123456789012`;
  const four = {
    domainName: "claims.insurer.example",
    certificate: certificateIn("us-east-1"),
    originDomainName: "origin.insurer.example",
    originCertificate: certificateIn("eu-central-1"),
  };
  const region = "eu-central-1";
  expect(read({ region, ...four }).domain).toEqual({
    ...{ name: four.domainName, certificate: four.certificate },
    ...{ origin: four.originDomainName, originCertificate: four.originCertificate },
  });
  expect(read({}).domain).toBeUndefined();
  expect(() => read({ region })).toThrow(
    /^Context domainName must be given.* -c region is not us-/,
  );
  for (const name of Object.keys(four)) {
    expect(() => read({ region, ...four, [name]: undefined })).toThrow(
      `Context ${name} must be given together with `,
    );
  }
  const { certificate: originCertificate } = four;
  expect(() => read({ region, ...four, originCertificate })).toThrow(
    /^Context originCertificate must be the ARN of a certificate in eu-central-1, /,
  );
  const certificate = certificateIn("eu-central-1");
  expect(() => read({ region, ...four, certificate })).toThrow(/certificate in us-east-1/);
  const originDomainName = four.domainName;
  expect(() => read({ region, ...four, originDomainName })).toThrow(/another name than domainName/);
});

test("countries are served alone, or all but some; without either all but one", () => {
  expect(read({}).countries).toEqual({ served: false, codes: ["KP"] });
  expect(read({ countries: "AT,DE,AT" }).countries).toEqual({ served: true, codes: ["AT", "DE"] });
  expect(read({ blockedCountries: "KP,XK" }).countries).toEqual({
    ...{ served: false, codes: ["KP", "XK"] },
  });
  expect(() => read({ countries: "AT", blockedCountries: "KP" })).toThrow(
    'Context blockedCountries must be left out where countries is given, not "KP".',
  );
});

test("what only the tlog reads is refused beside a ledger of QLDB's, in one sentence", () => {
  for (const [name, value] of [
    ["signingKeys", "1,2"],
    ["witnessPolicy", "acme.policy"],
    ["screeningUrl", "https://screening.example/"],
    ["account", "111111111111"],
    ["signerAccount", "222222222222"],
    ["cluster", "a".repeat(26)],
  ] as const) {
    expect(() => read({ ledger: "qldb", [name]: value })).toThrow(
      `Context ${name} must be left out with -c ledger=qldb, where nothing reads it, not "${value}".`,
    );
  }
});

test("a witness policy is read from its file, without its log lines; none asks for nobody", () => {
  expect(read({}).witnessPolicy).toBe("quorum none\n");
  const folder = temporaryFolder("witness-policy");
  const file = join(folder, "acme.policy");
  const key = (name: string, seed: number, type?: "cosignature") =>
    formatVerifierKey(ed25519Signer(name, seed, type).key);
  const line = `witness w ${key("w.example/w", 2, "cosignature")} https://w.example/w`;
  writeFileSync(file, `log ${key("a.example/log", 1)}\n${line}\nquorum w\n`);
  expect(read({ witnessPolicy: file }).witnessPolicy).toBe(`${line}\nquorum w\n`);
  writeFileSync(file, `${line.split(" https")[0]}\nquorum w\n`);
  expect(() => read({ witnessPolicy: file })).toThrow(/^Context witnessPolicy must be .*URL.*\.$/);
  rmSync(folder, { recursive: true });
});

test("the printed line says what QLDB is worth", () => {
  expect(ledgerLine("tlog")).toBe(
    "ledger: tlog (default) · QLDB: -c ledger=qldb (synthesises only; AWS ended it on 2025-07-31)",
  );
  expect(ledgerLine("qldb")).toMatch(/^ledger: qldb \(synthesises only/);
});

describe("a function's variables are checked by the compiler", () => {
  type Names = readonly ["A", "B"];
  type Fits<Env> =
    Env extends EnvOf<Names>
      ? Env extends PlatformFunctionProps<Names, Env>["env"]
        ? true
        : false
      : false;

  test("exactly the names of env.ts fit; one missing or one too many does not", () => {
    const exact: Fits<{ A: string; B: string }> = true;
    const missing: Fits<{ A: string }> = false;
    const extra: Fits<{ A: string; B: string; C: string }> = false;
    expect([exact, missing, extra]).toEqual([true, false, false]);
  });
});
