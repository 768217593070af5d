import { describe, expect, test } from "@jest/globals";
import { type App, Validations } from "aws-cdk-lib";
import type { NagPack } from "cdk-nag";
import { rulePacks } from "../../lib/build-app.ts";
import { readPage } from "../docs/pages.ts";
import { inApp } from "./synthesised.ts";

const certificateIn = (region: string) =>
  `arn:aws:acm:${region}:111111111111:certificate/12345678-1234-1234-1234-123456789012`;
const named = {
  region: "eu-central-1",
  domainName: "claims.insurer.example",
  certificate: certificateIn("us-east-1"),
  originDomainName: "origin.insurer.example",
  originCertificate: certificateIn("eu-central-1"),
};
const two = {
  account: "111111111111",
  signerAccount: "222222222222",
  cluster: "abcdefghijklmnopqrstuvwxyz",
};
const generations = { signingKeys: "1,2", originVerify: "1,2" };
const prod = { stage: "prod", retentionYears: "10" };
const alarmEmail = "on-call@insurer.example";

/** Each setting that changes what stands in a template is in one of these. */
const variants: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ["tlog, dev", {}],
  ["tlog, prod, names", { ...prod, ...named, failoverRegion: "eu-west-1", alarmEmail }],
  ["two accounts, dev, generations", { ...two, ...generations, countries: "AT" }],
  ["qldb, prod, names", { ledger: "qldb", ...prod, ...named, failoverRegion: "eu-west-1" }],
];

/** A rule and the construct that breaks it, whether or not somebody acknowledged that. */
interface Raised {
  readonly rule: string;
  readonly path: string;
}
interface Acknowledged extends Raised {
  readonly reason: string;
}

/** All that the packs find in the app, as if nothing had been acknowledged. */
const raisedIn = (app: App): readonly Raised[] =>
  rulePacks.flatMap((Pack) => {
    const deaf: NagPack = new Pack();
    Object.assign(deaf, { isAcknowledged: () => false });
    return deaf
      .validateScope(app)
      .violations.flatMap(({ ruleName: rule, violatingResources }) =>
        violatingResources.map(({ constructPath }) => ({ rule, path: constructPath ?? "" })),
      );
  });

const acknowledgedIn = (app: App): readonly Acknowledged[] =>
  app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([rule, reason]) => ({
        path: node.path,
        rule: rule.replace(/^annotation::/i, ""),
        reason,
      })),
  );

/** Whether a finding lies where it was acknowledged, or below. */
const covers = (given: Raised, found: Raised): boolean =>
  given.rule === found.rule && `${found.path}/`.startsWith(`${given.path}/`);
/** The id of a rule, without the finding. */
const idOf = ({ rule }: Raised): string => rule.replace(/\[.*/s, "");
const text = ({ rule, path }: Raised): string => `${rule} ${path}`;
/** Of the checks that the CDK itself makes of a template: test/lib/synth.slow.test.ts sees it raised. */
const isCdks = ({ rule }: Raised): boolean => rule.startsWith("CloudFormation-Validate::");

const looked = variants.map(([name, context]) =>
  inApp(context, "addStacks", (app) => ({
    name,
    raised: raisedIn(app),
    acknowledged: acknowledgedIn(app),
  })),
);

describe.each(looked)("$name", ({ raised, acknowledged }) => {
  test("every finding is acknowledged", () => {
    const open = raised.filter((found) => !acknowledged.some((given) => covers(given, found)));
    expect(open.map(text)).toEqual([]);
  });

  test("nothing is acknowledged that is not found", () => {
    const stale = acknowledged.filter(
      (given) => !isCdks(given) && !raised.some((found) => covers(given, found)),
    );
    expect(stale.map(text)).toEqual([]);
  });

  test("each acknowledgement has a reason of its own; a whole stack's is what the architecture contradicts, with its ADR", () => {
    for (const { reason, path, rule } of acknowledged) {
      expect([rule, reason]).toEqual([rule, expect.stringMatching(/^[A-Z].{15,}\.$/s)]);
      if (path.includes("/")) continue;
      expect(rule).toMatch(/^HIPAA\.Security-Lambda(InsideVPC|Concurrency)$/);
      expect(reason).toContain("(ADR 12)");
    }
  });
});

/** The one list of them, in docs/adr/0012: a rule that is new here needs its line there. */
const listed = [
  ...readPage("adr/0012-rules-that-cdk-nag-has.md").matchAll(/^\| `([A-Z][\w.-]+)` \|/gm),
].map(([, id]) => id);

test("at most twelve rules of cdk-nag are acknowledged in all variants together, and ADR 12 lists them", () => {
  const ids = new Set(
    looked.flatMap(({ acknowledged }) => acknowledged.filter((given) => !isCdks(given)).map(idOf)),
  );
  expect(ids.size).toBeLessThanOrEqual(12);
  expect([...ids].sort()).toEqual([...listed].sort());
});

test("a finding that nobody acknowledged is seen, and an acknowledgement of nothing", () => {
  const found = { rule: "AwsSolutions-S1", path: "CountersignPlatform/Bare/Resource" };
  expect(covers({ ...found, path: "CountersignPlatform/Bar" }, found)).toBe(false);
  expect(covers({ ...found, rule: "AwsSolutions-S10" }, found)).toBe(false);
  expect(covers({ ...found, path: "CountersignPlatform/Bare" }, found)).toBe(true);
});
