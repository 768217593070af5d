import { describe, expect, test } from "@jest/globals";
import { statementsOf } from "./findings.ts";
import { lockedOut } from "./locked-out.ts";
import {
  named,
  ofType,
  type Resource,
  type Resources,
  stackNames,
  synthesised,
} from "./synthesised.ts";

const platform = "111111111111";
const signer = "222222222222";
const two = { account: platform, signerAccount: signer };
const { stacks, resources, accounts } = synthesised({
  ...{ ...two, cluster: "abcdefghijklmnopqrstuvwxyz", failoverRegion: "eu-west-1" },
  ...{ signingKeys: "1,2", originVerify: "1,2", alarmEmail: "on-call@insurer.example" },
});

interface Statement {
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Record<string, unknown>>>;
}

/** The resources of a stack alone. */
const inStack = (stack: string): Resources =>
  Object.fromEntries(Object.entries(resources).filter(([path]) => path.startsWith(`${stack}/`)));
const textOf = (value: unknown) =>
  JSON.stringify(value).replaceAll(
    /\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},"([^"]*)"\]\]\}/g,
    '"arn:aws$1"',
  );
const statements = (policy: unknown) => (policy as { Statement: readonly Statement[] }).Statement;
const roleArn = (account: string, name: string) =>
  `arn:aws:iam::${account}:role/countersign-dev-${name}-us-east-1`;
const signingKeys = ofType(resources, "AWS::KMS::Key").filter(
  ([, { Properties }]) => Properties.KeyUsage === "SIGN_VERIFY",
);

test("neither stack takes anything that the other exports, and each names the other's account", () => {
  expect(stacks.map((stack, n) => [stack, accounts[n]])).toEqual([
    ["CountersignPlatform", platform],
    ["CountersignFailover", platform],
    ["CountersignSigner", signer],
    ["CountersignEdge", platform],
  ]);
  for (const stack of ["CountersignPlatform", "CountersignSigner"]) {
    expect(textOf(inStack(stack))).not.toContain("Fn::ImportValue");
  }
  const sent = (stack: string, to: string) =>
    textOf(inStack(stack)).includes(
      `/${to === "signer" ? signer : platform}/countersign-dev-to-${to}.fifo`,
    );
  expect([sent("CountersignPlatform", "signer"), sent("CountersignSigner", "publisher")]).toEqual([
    true,
    true,
  ]);
});

test("until the cluster is named the signer is left out", () => {
  expect(stackNames(two)).toEqual(["CountersignPlatform", "CountersignEdge"]);
});

describe("a signing key's policy", () => {
  test.each(signingKeys)(
    "%s lets the signer alone sign, RAW, by the key's one algorithm",
    (_, key) => {
      const policy = statements(key.Properties.KeyPolicy);
      const signs = policy.filter(({ Action }) => [Action].flat().includes("kms:Sign"));
      const algorithm =
        key.Properties.KeySpec === "ML_DSA_44" ? "ML_DSA_SHAKE_256" : "ED25519_SHA_512";
      expect(signs.map(({ Effect, Condition }) => JSON.parse(textOf([Effect, Condition])))).toEqual(
        [
          [
            "Allow",
            {
              ArnEquals: { "aws:PrincipalArn": roleArn(signer, "signer") },
              StringEquals: { "kms:MessageType": "RAW", "kms:SigningAlgorithm": algorithm },
            },
          ],
          ["Deny", { ArnNotEquals: { "aws:PrincipalArn": roleArn(signer, "signer") } }],
        ],
      );
      expect(signs[1]?.Principal).toEqual({ AWS: "*" });
    },
  );

  const endersOf = ({ Properties }: Resource): unknown => {
    const [deny] = statements(Properties.KeyPolicy).filter(
      ({ Effect, Action }) => Effect === "Deny" && Action.includes("kms:ScheduleKeyDeletion"),
    );
    expect(deny).toMatchObject({
      Principal: { AWS: "*" },
      Action: ["kms:DisableKey", "kms:ScheduleKeyDeletion"],
    });
    return JSON.parse(textOf(deny?.Condition?.ArnNotEquals?.["aws:PrincipalArn"]));
  };

  test("lets break-glass alone end it, in dev the deployment too", () => {
    for (const [, key] of signingKeys) {
      expect(endersOf(key)).toEqual([
        roleArn(signer, "break-glass"),
        `arn:aws:iam::${signer}:role/cdk-hnb659fds-cfn-exec-role-${signer}-us-east-1`,
      ]);
    }
    const prod = synthesised({
      stage: "prod",
      retentionYears: "1",
      ...two,
      cluster: "a".repeat(26),
    });
    const [, key] = ofType(prod.resources, "AWS::KMS::Key").find(
      ([, { Properties }]) => Properties.KeyUsage === "SIGN_VERIFY",
    )!;
    expect(endersOf(key)).toEqual([roleArn(signer, "break-glass").replace("-dev-", "-prod-")]);
  });

  test("has break-glass taken with a second factor, to end signing keys and for nothing else", () => {
    const [path, role] = ofType(resources, "AWS::IAM::Role").find(([at]) => /BreakGlass/.test(at))!;
    const [assumed, ...more] = statements(role.Properties.AssumeRolePolicyDocument);
    expect([assumed?.Condition, more]).toEqual([
      { Bool: { "aws:MultiFactorAuthPresent": "true" } },
      [],
    ]);
    const may = statementsOf(resources, path).flatMap(({ Action, Resource }) =>
      [Resource].flat().map((one) => [named(one), [Action].flat().sort()]),
    );
    const ending = ["kms:DescribeKey", "kms:DisableKey", "kms:ScheduleKeyDeletion"];
    expect(may.sort()).toEqual(signingKeys.map(([at]) => [at.split("/")[1], ending]).sort());
  });

  test("has no wildcard, and nobody may make a grant that reaches past it", () => {
    for (const [, key] of signingKeys) {
      const actions = statements(key.Properties.KeyPolicy).flatMap(({ Action }) => Action);
      expect(actions.filter((action) => action.includes("*"))).toEqual([]);
      expect(actions).not.toContain("kms:CreateGrant");
    }
  });
});

/** What a resource's own policy is, wherever its type has it; that of a cluster is text. */
const policyOf = ({ Properties: { KeyPolicy, PolicyDocument, ResourcePolicy } }: Resource) => {
  const policy = KeyPolicy ?? PolicyDocument ?? ResourcePolicy;
  const parts = (policy as { "Fn::Join"?: [string, unknown[]] } | undefined)?.["Fn::Join"]?.[1];
  return parts
    ? JSON.parse(parts.map((one) => (typeof one === "string" ? one : "aws")).join(""))
    : policy;
};

test("what is let in of the other account is let in by its role's name, each to what its work asks", () => {
  const doors = Object.entries(resources).flatMap(([path, resource]) => {
    const other = path.startsWith("CountersignSigner/") ? platform : signer;
    return ((policyOf(resource)?.Statement ?? []) as readonly Statement[])
      .filter(({ Principal }) => textOf(Principal ?? "").includes(other))
      .map(({ Effect, Action, Condition }) => {
        const roles = textOf(Condition?.ArnEquals?.["aws:PrincipalArn"] ?? "anybody");
        const names = roles.match(/(?<=role\/)[^"]+/g)?.map((one) => one.slice(16, -10));
        return [resource.Type, Effect, Action, names ?? roles];
      });
  });
  const readers = ["publisher", "operator", "self-audit", "eraser"];
  expect(doors.sort()).toEqual(
    [
      ["AWS::DSQL::Cluster", "Allow", "dsql:DbConnect", ["signer"]],
      ...signingKeys.map(() => ["AWS::KMS::Key", "Allow", "kms:GetPublicKey", readers]),
      ["AWS::KMS::Key", "Allow", "kms:Decrypt", ["publisher"]],
      ["AWS::S3::BucketPolicy", "Allow", "s3:GetObject", ["publisher"]],
      ["AWS::S3::BucketPolicy", "Allow", "s3:ListBucket", ["publisher"]],
      ["AWS::SQS::QueuePolicy", "Allow", "sqs:SendMessage", ["signer"]],
      ["AWS::SQS::QueuePolicy", "Allow", "sqs:SendMessage", ["sequencer"]],
    ].sort(),
  );
});

test("the signer's store admits the platform's publisher, to read", () => {
  const [, policy] = ofType(resources, "AWS::S3::BucketPolicy").find(([path]) =>
    /State/.test(path),
  )!;
  const allowed = statements(policy.Properties.PolicyDocument).filter(
    ({ Effect, Principal }) => Effect === "Allow" && textOf(Principal).includes(platform),
  );
  expect(allowed.map(({ Action }) => Action)).toEqual(["s3:GetObject", "s3:ListBucket"]);
  for (const { Condition } of allowed) {
    expect(textOf(Condition)).toContain(roleArn(platform, "publisher"));
  }
});

test("each may use the key of every closed bucket on whose objects it works, the publisher across accounts", () => {
  const accountOf = (stack: string) => (stack === "CountersignSigner" ? signer : platform);
  expect(lockedOut(resources, accountOf)).toEqual([]);
  const [path, key] = ofType(resources, "AWS::KMS::Key").find(([at]) => /StateKey/.test(at))!;
  const own = statements(key.Properties.KeyPolicy).filter(
    ({ Principal }) => !textOf(Principal).includes(platform),
  );
  const closed = { ...key, Properties: { ...key.Properties, KeyPolicy: { Statement: own } } };
  expect(lockedOut({ ...resources, [path]: closed }, accountOf)).toEqual([
    expect.stringMatching(/^Countersign: publisher, kms:Decrypt, .*State/),
  ]);
});

test("no stack nears CloudFormation's 500 resources, and no function has more than three permissions", () => {
  for (const stack of stacks) {
    expect(Object.keys(inStack(stack)).length).toBeLessThanOrEqual(450);
  }
  const permitted = new Map<string, number>();
  for (const [, { Properties }] of ofType(resources, "AWS::Lambda::Permission")) {
    const name = JSON.stringify(Properties.FunctionName);
    permitted.set(name, (permitted.get(name) ?? 0) + 1);
  }
  expect(permitted.size).toBeGreaterThan(5);
  expect([...permitted.values()].filter((count) => count > 3)).toEqual([]);
});
