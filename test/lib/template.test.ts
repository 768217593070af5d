import { describe, expect, test } from "@jest/globals";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { names as adjudicator } from "../../functions/adjudicator/env.ts";
import { names as auditor } from "../../functions/auditor/env.ts";
import { names as claimant } from "../../functions/claimant/env.ts";
import { names as eraser } from "../../functions/eraser/env.ts";
import { names as exporter } from "../../functions/exporter/env.ts";
import { names as importer } from "../../functions/importer/env.ts";
import { names as insurer } from "../../functions/insurer/env.ts";
import { names as migrate } from "../../functions/migrate/env.ts";
import { type FunctionName, needs } from "../../functions/needs.ts";
import { names as operator } from "../../functions/operator/env.ts";
import { names as open } from "../../functions/public/env.ts";
import { names as published } from "../../functions/published/env.ts";
import { names as publisher } from "../../functions/publisher/env.ts";
import { names as selfAudit } from "../../functions/self-audit/env.ts";
import { names as sequencer } from "../../functions/sequencer/env.ts";
import { names as signer } from "../../functions/signer/env.ts";
import { names as totals } from "../../functions/totals/env.ts";
import { stageThrottle } from "../../shared/api/gateway-error.ts";
import { routeKeyOf } from "../../shared/api/route.ts";
import { routeTable } from "../../shared/api/routes.ts";
import { actionsOf, openBuckets, roleOf, statementsOf, wildcardActions } from "./findings.ts";
import { named, ofType, type Resource, type Resources, synthesised } from "./synthesised.ts";

const { stacks, resources } = synthesised();
const envNames: Record<FunctionName, readonly string[]> = {
  ...{ claimant, insurer, auditor, exporter, importer, public: open, published, adjudicator },
  ...{ sequencer, signer, publisher, migrate },
  ...{ operator, eraser, totals, "self-audit": selfAudit },
};

/** Our functions by their name in functions/. */
const lambdas = new Map(
  ofType(resources, "AWS::Lambda::Function").map(([path, lambda]) => {
    const { Description } = lambda.Properties as { Description: string };
    return [Description.replace("Countersign: ", ""), [path, lambda] as const];
  }),
);
const lambdaOf = (name: string) => lambdas.get(name)!;

/** The template with one resource's properties changed. */
const altered = (path: string, change: object): Resources => {
  const { Type, Properties } = resources[path]!;
  return { ...resources, [path]: { Type, Properties: { ...Properties, ...change } } };
};
const only = (type: string): readonly [string, Resource] => ofType(resources, type)[0]!;

test("the stacks stand in the order of the walk, and cdk-nag finds nothing in them", () => {
  expect(stacks).toEqual([
    "CountersignPlatform",
    "CountersignSigner",
    "CountersignPublisher",
    "CountersignOperations",
    "CountersignMigration",
  ]);
});

test("cdk-nag stops the synth of a bucket that logs nothing", () => {
  const bare = () => synthesised({}, (platform) => new Bucket(platform, "Bare"));
  expect(bare).toThrow(/AwsSolutions-S10/);
});

describe("routes", () => {
  const routes = new Map(
    ofType(resources, "AWS::ApiGatewayV2::Route").map(([, { Properties }]) => [
      Properties.RouteKey,
      Properties,
    ]),
  );

  test("are the table's, all of them and no other", () => {
    expect([...routes.keys()].sort()).toEqual(["$default", ...routeTable.map(routeKeyOf)].sort());
  });

  test("what no row takes is the published function's, which may do least and asks for no token", () => {
    const { Target, AuthorizationType } = routes.get("$default")!;
    expect(AuthorizationType).toBe("NONE");
    const integration = resources[`CountersignPlatform/${named(Target)}`]!;
    const [path] = lambdaOf("published");
    expect(`CountersignPlatform/${named(integration.Properties.IntegrationUri)}`).toBe(path);
  });

  test("the stage lets through what the local gateway lets through", () => {
    const [, { Properties }] = only("AWS::ApiGatewayV2::Stage");
    expect(Properties.DefaultRouteSettings).toEqual({
      ThrottlingBurstLimit: stageThrottle.burst,
      ThrottlingRateLimit: stageThrottle.perSecond,
    });
  });

  test.each(routeTable.map((row) => [routeKeyOf(row), row] as const))(
    "%s asks for the table's scopes and reaches its audience's function",
    (key, row) => {
      const route = routes.get(key)!;
      const guarded = row.scopes.length > 0;
      expect(route.AuthorizationType).toBe(guarded ? "JWT" : "NONE");
      expect(route.AuthorizationScopes ?? []).toEqual([...row.scopes]);
      const integration = resources[`CountersignPlatform/${named(route.Target)}`]!;
      const [path] = lambdaOf(row.audience);
      expect(`CountersignPlatform/${named(integration.Properties.IntegrationUri)}`).toBe(path);
    },
  );

  test("trust tokens of the user pool's own clients only", () => {
    const [, { Properties }] = only("AWS::ApiGatewayV2::Authorizer");
    const { Audience, Issuer } = Properties.JwtConfiguration as Record<string, unknown>;
    const clients = ofType(resources, "AWS::Cognito::UserPoolClient").map(([path]) => path);
    const named2 = (Audience as unknown[]).map((one) => `CountersignPlatform/${named(one)}`);
    expect(named2.sort()).toEqual(clients.sort());
    expect(`CountersignPlatform/${named(Issuer)}`).toBe(only("AWS::Cognito::UserPool")[0]);
  });
});

describe("functions", () => {
  test("are those of the table of needs, on Node 24 and arm64", () => {
    expect([...lambdas.keys()].sort()).toEqual(Object.keys(needs).sort());
    for (const [, { Properties }] of lambdas.values()) {
      expect(Properties).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"] });
    }
  });

  test.each(Object.keys(envNames) as FunctionName[])("%s is given exactly its env.ts", (name) => {
    const { Environment } = lambdaOf(name)[1].Properties as {
      Environment: { Variables: Record<string, unknown> };
    };
    const { AWS_NODEJS_CONNECTION_REUSE_ENABLED: _, ...given } = Environment.Variables;
    expect(Object.keys(given).sort()).toEqual([...envNames[name]].sort());
  });

  test("the publisher is told whose cosignatures it needs, in words where nobody's", () => {
    const { Environment } = lambdaOf("publisher")[1].Properties as {
      Environment: { Variables: Record<string, unknown> };
    };
    expect(Environment.Variables.WITNESS_POLICY).toBe("quorum none\n");
  });

  /** What a role gets besides its adapters' needs: its log, and the queue that wakes it. */
  const implied = [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:ReceiveMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueUrl",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
  ];

  test.each(Object.keys(needs) as FunctionName[])("%s may do its needs and no more", (name) => {
    const [path, lambda] = lambdaOf(name);
    const woken = ["adjudicator", "sequencer", "signer", "publisher"].includes(name);
    const allowed = [
      ...needs[name].map(({ action }) => action as string),
      ...implied.slice(0, woken ? undefined : 2),
    ];
    const given = actionsOf(resources, roleOf(path, lambda));
    expect([...new Set(given)].sort()).toEqual([...new Set(allowed)].sort());
  });

  test("have roles of their own", () => {
    const roles = [...lambdas.values()].map(([path, lambda]) => roleOf(path, lambda));
    expect(new Set(roles).size).toBe(lambdas.size);
  });

  test("only the signer signs, raw messages, with each key by its one algorithm; only migrations connect as admin", () => {
    const who = (action: string) =>
      [...lambdas].flatMap(([name, [path, lambda]]) =>
        actionsOf(resources, roleOf(path, lambda)).includes(action) ? [name] : [],
      );
    expect(who("kms:Sign")).toEqual(["signer"]);
    expect(who("dsql:DbConnectAdmin")).toEqual(["migrate"]);
    const deleting = ["eraser", "exporter", "importer", "publisher"];
    expect(who("s3:DeleteObject").sort()).toEqual(deleting);
    const deletes = (name: string) => {
      const [path, lambda] = lambdaOf(name);
      const allowed = statementsOf(resources, roleOf(path, lambda));
      const deleting = allowed.filter(({ Action }) => Action.includes("s3:DeleteObject"));
      return JSON.stringify(deleting).match(
        /Stores(Published|Live|Sealed|WrappedKeys|Auditing|Jobs)/g,
      );
    };
    expect(deletes("publisher")).toEqual(["StoresLive"]);
    expect(deletes("exporter")).toEqual(["StoresAuditing"]);
    expect(deletes("importer")).toEqual(["StoresJobs"]);
    expect(deletes("eraser")?.sort()).toEqual([
      "StoresAuditing",
      "StoresJobs",
      "StoresSealed",
      "StoresWrappedKeys",
    ]);
    const [path, lambda] = lambdaOf("signer");
    const role = JSON.stringify(resources[roleOf(path, lambda)]);
    const signs = [...role.matchAll(/"Action":"kms:Sign","Condition":(.*?),"Effect"/g)];
    const raw = (algorithm: string) =>
      `{"StringEquals":{"kms:MessageType":"RAW","kms:SigningAlgorithm":"${algorithm}"}}`;
    expect(signs.map(([, condition]) => condition)).toEqual([
      raw("ED25519_SHA_512"),
      raw("ML_DSA_SHAKE_256"),
    ]);
  });

  test("no role has a wildcard action or a managed policy; a planted one is found", () => {
    expect(wildcardActions(resources)).toEqual([]);
    const [path] = only("AWS::IAM::Role");
    const Statement = [{ Effect: "Allow", Action: "s3:*", Resource: "*" }];
    const loose = altered(path, { Policies: [{ PolicyDocument: { Statement } }] });
    expect(wildcardActions(loose)).toEqual([`${path}: s3:*`]);
    const managed = altered(path, { ManagedPolicyArns: ["arn"] });
    expect(wildcardActions(managed)).toEqual([`${path}: managed policy`]);
  });
});

describe("buckets", () => {
  test("refuse the public and plain HTTP; an opened one is found", () => {
    expect(openBuckets(resources)).toEqual([]);
    const [bucket, { Properties }] = only("AWS::S3::Bucket");
    const block = Properties.PublicAccessBlockConfiguration as object;
    for (const name of Object.keys(block)) {
      const PublicAccessBlockConfiguration = { ...block, [name]: false };
      expect(openBuckets(altered(bucket, { PublicAccessBlockConfiguration }))).toEqual([bucket]);
    }
    const [policy] = only("AWS::S3::BucketPolicy");
    const silent = altered(policy, { PolicyDocument: { Statement: [] } });
    expect(openBuckets(silent)).toHaveLength(1);
  });

  test("forget or keep as the design says", () => {
    const bucketOf = (pattern: RegExp) =>
      ofType(resources, "AWS::S3::Bucket").find(([path]) => pattern.test(path))![1].Properties;
    const versioned = { VersioningConfiguration: { Status: "Enabled" } };
    expect(bucketOf(/Published/)).toMatchObject({ ...versioned, ObjectLockEnabled: true });
    expect(bucketOf(/State/)).toMatchObject(versioned);
    const expiring = { Prefix: "incoming/", ExpirationInDays: 1, Status: "Enabled" };
    expect(bucketOf(/Evidence/)).toMatchObject({ LifecycleConfiguration: { Rules: [expiring] } });
    for (const name of [/WrappedKeys/, /Sealed/, /Live/, /Evidence/]) {
      const forgetful = bucketOf(name);
      expect(forgetful).not.toHaveProperty("VersioningConfiguration");
      expect(forgetful).not.toHaveProperty("ObjectLockEnabled");
    }
  });
});

test("the locked bucket takes a key once, and nobody deletes from it", () => {
  const denials = ofType(resources, "AWS::S3::BucketPolicy").flatMap(([path, { Properties }]) => {
    const { Statement } = Properties.PolicyDocument as { Statement: Record<string, unknown>[] };
    return Statement.filter(({ Action }) => Action !== "s3:*").map(
      ({ Effect, Principal, Action, Condition }) => [path, Effect, Principal, Action, Condition],
    );
  });
  const everyone = { AWS: "*" };
  const published = expect.stringMatching(/StoresPublishedPolicy/);
  expect(denials.filter(([, effect]) => effect === "Deny")).toEqual([
    [published, "Deny", everyone, "s3:PutObject", { Null: { "s3:if-none-match": "true" } }],
    [published, "Deny", everyone, "s3:DeleteObject", undefined],
  ]);
});

test("keys: one symmetric key that rotates for data keys, an Ed25519 and an ML-DSA-44 key that sign", () => {
  const keys = Object.fromEntries(ofType(resources, "AWS::KMS::Key"));
  const specs = Object.entries(keys).map(([path, { Properties }]) => [
    path.split("/")[0],
    Properties.KeySpec ?? "SYMMETRIC_DEFAULT",
    Properties.KeyUsage ?? "ENCRYPT_DECRYPT",
    Properties.EnableKeyRotation ?? false,
  ]);
  expect(specs).toEqual([
    ["CountersignPlatform", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", true],
    ["CountersignSigner", "ECC_NIST_EDWARDS25519", "SIGN_VERIFY", false],
    ["CountersignSigner", "ML_DSA_44", "SIGN_VERIFY", false],
  ]);
});

test("queues wake jobs and end in dead letters; each job is swept once a minute", () => {
  const queues = ofType(resources, "AWS::SQS::Queue").map(([, { Properties }]) => Properties);
  const live = queues.filter(({ RedrivePolicy }) => RedrivePolicy !== undefined);
  expect(live.every(({ FifoQueue }) => FifoQueue === true)).toBe(true);
  const sources = ofType(resources, "AWS::Lambda::EventSourceMapping");
  expect([live.length, sources.length]).toEqual([4, 4]);
  const rules = ofType(resources, "AWS::Events::Rule");
  const every = (rate: string) =>
    rules.filter(([, { Properties }]) => Properties.ScheduleExpression === rate);
  const woken = (rate: string) =>
    every(rate).map(([path, { Properties }]) => {
      const [target] = Properties.Targets as [{ Arn: unknown; DeadLetterConfig?: unknown }];
      expect(target.DeadLetterConfig).toBeDefined();
      const lambda = `${path.split("/")[0]}/${named(target.Arn)}`;
      return [...lambdas].find(([, [at]]) => at === lambda)?.[0];
    });
  expect(woken("rate(1 minute)").sort()).toEqual([
    ...["adjudicator", "exporter", "importer", "publisher", "sequencer", "signer"],
  ]);
  expect(woken("rate(1 hour)").sort()).toEqual(["eraser", "self-audit", "totals"]);
  expect(rules).toHaveLength(9);
});

test("each function connects as its own database role, and nothing else is granted one", () => {
  const [, { Properties }] = lambdaOf("migrate");
  const { Variables } = Properties.Environment as { Variables: Record<string, unknown> };
  const granted = JSON.stringify(Variables.DATABASE_ROLES);
  const urls = [...lambdas].flatMap(([name, [, lambda]]) => {
    const { Variables } = lambda.Properties.Environment as { Variables: Record<string, unknown> };
    return Object.entries(Variables).flatMap(([variable, url]) =>
      variable.endsWith("DATABASE_URL")
        ? [[name, /dsql:\/\/(\w+)@/.exec(JSON.stringify(url))?.[1]]]
        : [],
    );
  });
  const of = (role: string) =>
    urls.filter(([, connects]) => connects === role).map(([name]) => name);
  expect(of("countersign_eraser")).toEqual(["eraser"]);
  expect(of("countersign_auditor").sort()).toEqual(["exporter", "self-audit"]);
  expect(of("countersign_app").sort()).toEqual(
    [
      "adjudicator",
      "auditor",
      "claimant",
      "eraser",
      "importer",
      "insurer",
      "operator",
      "public",
      "totals",
    ].sort(),
  );
  expect(of("countersign_sequencer")).toEqual(["sequencer"]);
  expect(of("countersign_publisher").sort()).toEqual(["publisher", "signer"]);
  const roles = Object.fromEntries(
    granted.split("countersign_").flatMap((part) => {
      const role = /^[a-z]+/.exec(part)?.[0];
      const arns = part.match(/Role[A-F0-9]{8}/g) ?? [];
      return role ? [[role, arns.length]] : [];
    }),
  );
  expect(roles).toEqual({ app: 9, eraser: 1, auditor: 2, sequencer: 1, publisher: 2 });
});

describe("-c signingKeys=1,2", () => {
  const two = synthesised({ signingKeys: "1,2" });

  test("has two pairs of keys, of which the signer signs with all and others know all", () => {
    const specs = ofType(two.resources, "AWS::KMS::Key").map(([, key]) => key.Properties.KeySpec);
    expect(specs.filter((spec) => spec !== undefined)).toEqual([
      ...["ECC_NIST_EDWARDS25519", "ECC_NIST_EDWARDS25519", "ML_DSA_44", "ML_DSA_44"],
    ]);
    for (const name of ["Signer", "Publisher", "Operator", "SelfAudit"]) {
      const [, lambda] = ofType(two.resources, "AWS::Lambda::Function").find(([path]) =>
        path.split("/")[1]?.startsWith(name),
      )!;
      const { Variables } = lambda.Properties.Environment as { Variables: Record<string, unknown> };
      for (const [variable, type] of [
        ["ED25519_KEY_IDS", "Ed25519"],
        ["MLDSA44_KEY_IDS", "MlDsa44"],
      ] as const) {
        const listed = JSON.stringify(Variables[variable]).match(
          /SigningKeys(Ed25519|MlDsa44)[12]/g,
        );
        expect([name, listed]).toEqual([name, [`SigningKeys${type}1`, `SigningKeys${type}2`]]);
      }
    }
    const [path, lambda] = ofType(two.resources, "AWS::Lambda::Function").find(([path]) =>
      path.startsWith("CountersignSigner/"),
    )!;
    const signs = statementsOf(two.resources, roleOf(path, lambda)).filter(
      ({ Action }) => Action === "kms:Sign",
    );
    expect(signs.map((one) => (one as { Resource?: unknown[] }).Resource?.length)).toEqual([2, 2]);
  });

  test("keeps the first pair as it was", () => {
    const keysOf = (resources: Resources) =>
      ofType(resources, "AWS::KMS::Key").map(([path]) => path);
    expect(keysOf(two.resources)).toEqual(expect.arrayContaining(keysOf(resources)));
  });
});

test("the database refuses to be deleted", () => {
  const [, cluster] = only("AWS::DSQL::Cluster");
  expect(cluster.Properties.DeletionProtectionEnabled).toBe(true);
  expect(cluster).toMatchObject({ DeletionPolicy: "Retain" });
});

describe("-c ledger=qldb", () => {
  const qldb = synthesised({ ledger: "qldb" });

  test("has QLDB in place of the tlog's sequencer, signer and publisher", () => {
    const [[, ledger]] = ofType(qldb.resources, "AWS::QLDB::Ledger") as [[string, Resource]];
    expect(ledger.Properties).toMatchObject({
      PermissionsMode: "STANDARD",
      DeletionProtection: true,
    });
    expect(qldb.stacks).toEqual(["CountersignPlatform", "CountersignMigration"]);
    const written = JSON.stringify(qldb.resources);
    expect(written).not.toMatch(/countersign_sequencer|ECC_NIST_EDWARDS25519/);
    expect(ofType(resources, "AWS::QLDB::Ledger")).toEqual([]);
  });

  test("says why in one acknowledgement", () => {
    const why = qldb.acknowledged.filter((one) => one.includes("E3710"));
    expect(why).toHaveLength(1);
    expect(why[0]).toMatch(/AWS ended QLDB on 2025-07-31/);
  });
});
