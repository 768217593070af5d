import { describe, expect, test } from "@jest/globals";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { names as adjudicator } from "../../functions/adjudicator/env.ts";
import { names as announcer } from "../../functions/announcer/env.ts";
import { names as auditor } from "../../functions/auditor/env.ts";
import { names as claimant } from "../../functions/claimant/env.ts";
import { names as eraser } from "../../functions/eraser/env.ts";
import { names as exporter } from "../../functions/exporter/env.ts";
import { names as importer } from "../../functions/importer/env.ts";
import { names as insurer } from "../../functions/insurer/env.ts";
import { names as migrate } from "../../functions/migrate/env.ts";
import { type FunctionName, needs } from "../../functions/needs.ts";
import { names as operator } from "../../functions/operator/env.ts";
import { names as payouts } from "../../functions/payouts/env.ts";
import { names as open } from "../../functions/public/env.ts";
import { names as publisher } from "../../functions/publisher/env.ts";
import { names as reconciliation } from "../../functions/reconciliation/env.ts";
import { names as selfAudit } from "../../functions/self-audit/env.ts";
import { names as sequencer } from "../../functions/sequencer/env.ts";
import { names as shadow } from "../../functions/shadow/env.ts";
import { names as signer } from "../../functions/signer/env.ts";
import { names as totals } from "../../functions/totals/env.ts";
import { names as unrouted } from "../../functions/unrouted/env.ts";
import { closingKeys, type Implied, implied, impliedByObjects } from "../../lib/implied.ts";
import { stageThrottle } from "../../shared/api/gateway-error.ts";
import { routeKeyOf } from "../../shared/api/route.ts";
import { routeTable } from "../../shared/api/routes.ts";
import {
  actionsOf,
  looseKeys,
  openBuckets,
  type PolicyDocument,
  policiesOf,
  roleOf,
  statementsOf,
  unkept,
  wildcardActions,
} from "./findings.ts";
import { closedBucketNames, lockedOut } from "./locked-out.ts";
import { pairsOf } from "./pairs.ts";
import { sharedNames } from "./shared-names.ts";
import {
  nagged,
  named,
  ofType,
  type Resource,
  type Resources,
  synthesised,
} from "./synthesised.ts";
import { tooEarly } from "./waits.ts";

const synthesis = synthesised();
const { stacks, resources } = synthesis;
const failoverRegion = "eu-west-1";
/** In production, while signing keys are replaced, with a second region: what each changes is told from the first. */
const prod = synthesised({
  stage: "prod",
  retentionYears: "10",
  signingKeys: "1,2",
  failoverRegion,
});
const envNames: Record<FunctionName, readonly string[]> = {
  ...{
    claimant,
    insurer,
    auditor,
    exporter,
    importer,
    shadow,
    public: open,
    unrouted,
    adjudicator,
  },
  ...{ sequencer, signer, publisher, migrate },
  ...{ announcer, operator, eraser, payouts, reconciliation, totals, "self-audit": selfAudit },
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
/** The rows that a function answers; files of a log are the edge's. */
const answered = routeTable.filter(({ audience }) => audience !== "published");
/** The objects of the bucket of sealed payloads, as a statement names them. */
const sealedObjects = (): unknown => {
  const [path] = ofType(resources, "AWS::S3::Bucket").find(([path]) => /Sealed/.test(path))!;
  const id = path.slice(path.indexOf("/") + 1);
  return { "Fn::Join": ["", [{ "Fn::GetAtt": [id, "Arn"] }, "/*"]] };
};
const only = (type: string): readonly [string, Resource] => ofType(resources, type)[0]!;

test("two stages stand in one account and region: no stack and no name of theirs is the same", () => {
  expect(prod.deployedAs.filter((name) => synthesis.deployedAs.includes(name))).toEqual([]);
  expect(sharedNames(resources, prod.resources)).toEqual([]);
  const [path, { Properties }] = ofType(prod.resources, "AWS::Events::EventBus")[0]!;
  const [same] = ofType(resources, "AWS::Events::EventBus")[0]!;
  const { Name } = resources[same]!.Properties;
  const clash = { ...prod.resources[path]!, Properties: { ...Properties, Name } };
  expect(sharedNames(resources, { ...prod.resources, [path]: clash })).toEqual([
    `AWS::Events::EventBus ${JSON.stringify(Name)}`,
  ]);
});

test("the stacks stand in the order of the walk", () => {
  expect(stacks).toEqual(["CountersignPlatform", "CountersignSigner", "CountersignEdge"]);
});

test("cdk-nag stops the synth of a bucket that logs nothing, and finds nothing else in the stacks", () => {
  const found = nagged((platform) => new Bucket(platform, "Bare"));
  const asked = [
    ...["LoggingEnabled", "PublicReadProhibited", "PublicWriteProhibited"],
    ...["ReplicationEnabled", "SSLRequestsOnly", "VersioningEnabled"],
  ];
  expect(found).toEqual(
    [
      ...["AwsSolutions-S1", "AwsSolutions-S10"],
      ...asked.map((name) => `HIPAA.Security-S3Bucket${name}`),
      "HIPAA.Security-S3DefaultEncryptionKMS",
    ].map((rule) => `${rule} CountersignPlatform/Bare/Resource`),
  );
});

describe("routes", () => {
  const routes = new Map(
    ofType(resources, "AWS::ApiGatewayV2::Route").map(([, { Properties }]) => [
      Properties.RouteKey,
      Properties,
    ]),
  );

  test("are the table's that a function answers, all of them and no other", () => {
    expect([...routes.keys()].sort()).toEqual(["$default", ...answered.map(routeKeyOf)].sort());
  });

  test("what no row takes has a function of its own, which may do nothing and asks for no token", () => {
    expect(needs.unrouted).toEqual([]);
    const { Target, AuthorizationType } = routes.get("$default")!;
    expect(AuthorizationType).toBe("NONE");
    const integration = resources[`CountersignPlatform/${named(Target)}`]!;
    const [path] = lambdaOf("unrouted");
    expect(`CountersignPlatform/${named(integration.Properties.IntegrationUri)}`).toBe(path);
  });

  test("the stage lets through what the local gateway lets through", () => {
    const [, { Properties }] = only("AWS::ApiGatewayV2::Stage");
    expect(Properties.DefaultRouteSettings).toEqual({
      ThrottlingBurstLimit: stageThrottle.burst,
      ThrottlingRateLimit: stageThrottle.perSecond,
    });
  });

  test.each(answered.map((row) => [routeKeyOf(row), row] as const))(
    "%s asks for the table's scopes and reaches its audience's function",
    (key, row) => {
      const route = routes.get(key)!;
      const guarded = row.scopes.length > 0;
      expect(route.AuthorizationType).toBe(guarded ? "JWT" : "NONE");
      expect(route.AuthorizationScopes ?? []).toEqual([...row.scopes]);
      const integration = resources[`CountersignPlatform/${named(route.Target)}`]!;
      const [path] = lambdaOf(row.audience as FunctionName);
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

  test.each(Object.keys(needs) as FunctionName[])(
    "%s may do its needs, each on its own resource, and no more",
    (name) => {
      const [path, lambda] = lambdaOf(name);
      const woken = ["adjudicator", "sequencer", "signer", "publisher"].includes(name);
      const on = (one: Implied, place: string) =>
        implied[one].actions.map((action) => `${action} ${place}`);
      const allowed = [
        ...needs[name].map(({ action, on, resource }) =>
          resource === "objects under the prefix" ? `${action} ${on}/*` : `${action} ${on}`,
        ),
        ...on("logs", "logs"),
        ...on("traced", "traces"),
        ...on("failedCalls", "failedCalls"),
        ...(woken ? on("woken", "queue") : []),
        ...closingKeys.flatMap((key) =>
          impliedByObjects(needs[name], key).flatMap((one) => on(one, key)),
        ),
      ];
      const given = pairsOf(resources, roleOf(path, lambda));
      expect(given).toEqual([...new Set(allowed)].sort());
    },
  );

  test("an action on another resource than its need's is found", () => {
    const [path, lambda] = lambdaOf("public");
    const role = roleOf(path, lambda);
    const [policy, found] = policiesOf(resources, role)[0]!;
    const { Statement, ...rest } = found.Properties.PolicyDocument as PolicyDocument;
    const more = { Effect: "Allow", Action: "s3:GetObject", Resource: sealedObjects() };
    const loose = altered(policy, { PolicyDocument: { ...rest, Statement: [...Statement, more] } });
    const before = pairsOf(resources, role);
    expect(pairsOf(loose, role).filter((pair) => !before.includes(pair))).toEqual([
      "s3:GetObject sealed/*",
    ]);
  });

  test("what a need implies is told with its reason, and nothing is implied that nobody gets", () => {
    expect(Object.values(implied).every(({ because }) => /^[A-Z].+\.$/.test(because))).toBe(true);
    expect(impliedByObjects(needs.public, "objectsKey")).toEqual([]);
    expect(impliedByObjects(needs.publisher, "stateKey")).toEqual(["opensObjects"]);
    expect(impliedByObjects(needs["self-audit"], "objectsKey")).toContain("opensObjects");
  });

  test("are made after the policy of their role, as are their event sources and what they answer CloudFormation", () => {
    expect(tooEarly(resources)).toEqual([]);
    const [path, lambda] = lambdaOf("signer");
    const early = { ...resources, [path]: { ...lambda, DependsOn: [] } };
    expect(tooEarly(early)).toEqual([expect.stringMatching(`^${path}: .*SignerPolicy`)]);
  });

  test("may use the key of every closed bucket on whose objects they work; the signer's store is told by its alias", () => {
    const here = () => `\${AWS::AccountId}`;
    expect(closedBucketNames(resources).some((name) => /State/.test(name))).toBe(true);
    expect(lockedOut(resources, here)).toEqual([]);
    const [alias] = ofType(resources, "AWS::KMS::Alias").find(([path]) => /StateKey/.test(path))!;
    const other = altered(alias, { AliasName: "alias/another" });
    expect(lockedOut(other, here)).toEqual([
      expect.stringMatching(/^Countersign: publisher, kms:Decrypt, .*State/),
    ]);
  });

  test("have dead letters and a log that forgets, each of them; one without is found", () => {
    expect(unkept(resources)).toEqual([]);
    const [path, { Properties }] = lambdaOf("eraser");
    expect(unkept(altered(path, { DeadLetterConfig: undefined }))).toEqual([
      `${path}: dead letters`,
    ]);
    expect(unkept(altered(path, { LoggingConfig: undefined }))).toEqual([
      `${path}: a log that forgets`,
    ]);
    const group = `CountersignPlatform/${named(Properties.LoggingConfig)}`;
    expect(unkept(altered(group, { RetentionInDays: undefined }))).toEqual([
      `${path}: a log that forgets`,
    ]);
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
    const deleting = ["eraser", "exporter", "importer", "publisher", "reconciliation", "shadow"];
    expect(who("s3:DeleteObject").sort()).toEqual(deleting);
    const deletes = (name: string) => {
      const [path, lambda] = lambdaOf(name);
      const allowed = statementsOf(resources, roleOf(path, lambda));
      const deleting = allowed.filter(({ Action }) => Action.includes("s3:DeleteObject"));
      return JSON.stringify(deleting)
        .match(/(?<=StoresBuckets)[A-Z][A-Za-z]+?(?=[A-F0-9]{8})/g)
        ?.sort();
    };
    expect(deletes("publisher")).toEqual(["Live"]);
    expect(deletes("exporter")).toEqual(["Auditing"]);
    expect(["importer", "shadow"].flatMap(deletes)).toEqual(["Jobs", "Jobs"]);
    expect(deletes("eraser")).toEqual(["Auditing", "Evidence", "Jobs", "Sealed", "WrappedKeys"]);
    const [path, lambda] = lambdaOf("signer");
    const signs = statementsOf(resources, roleOf(path, lambda)).filter(
      ({ Action }) => Action === "kms:Sign",
    );
    const raw = (algorithm: string) => ({
      StringEquals: { "kms:MessageType": "RAW", "kms:SigningAlgorithm": algorithm },
    });
    expect(signs.map(({ Condition }) => Condition)).toEqual([
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
      ({ Effect, Principal, Action, Condition, Resource }) => [
        ...[path, Effect, Principal, Action, Condition],
        JSON.stringify(Resource),
      ],
    );
  });
  const everyone = { AWS: "*" };
  const published = expect.stringMatching(/StoresBucketsPublishedPolicy/);
  const itsObjects = expect.stringMatching(/StoresBucketsPublished[A-F0-9]{8}","Arn"\]\},"\/\*"\]/);
  const unlessOnce = { Null: { "s3:if-none-match": "true" } };
  const ofEveryone = denials.filter(
    ([, effect, principal]) => effect === "Deny" && JSON.stringify(principal).includes("*"),
  );
  expect(ofEveryone).toEqual([
    [published, "Deny", everyone, "s3:PutObject", unlessOnce, itsObjects],
    [published, "Deny", everyone, "s3:DeleteObject", undefined, itsObjects],
  ]);
});

test("a service of AWS's uses a key of ours for what is ours alone; a loose policy is found", () => {
  expect(looseKeys(resources)).toEqual([]);
  const services = ofType(resources, "AWS::KMS::Key").filter(([, { Properties }]) =>
    JSON.stringify(Properties.KeyPolicy).includes('"Service"'),
  );
  expect(services.length).toBeGreaterThan(4);
  const [path, { Properties }] = services[0]!;
  const { Statement } = Properties.KeyPolicy as { Statement: object[] };
  const loose = Statement.map((one) => ({ ...one, Condition: undefined }));
  expect(looseKeys(altered(path, { KeyPolicy: { Statement: loose } }))).toEqual([path]);
});

test("keys: those that encrypt rotate; an Ed25519 and an ML-DSA-44 key sign", () => {
  const specs = ofType(resources, "AWS::KMS::Key").map(([path, { Properties }]) => [
    path.split("/")[0],
    Properties.KeySpec ?? "SYMMETRIC_DEFAULT",
    Properties.KeyUsage ?? "ENCRYPT_DECRYPT",
    Properties.EnableKeyRotation ?? false,
  ]);
  const closing = specs.filter(([, spec]) => spec === "SYMMETRIC_DEFAULT");
  expect(closing.map(([, , usage, rotates]) => [usage, rotates])).toEqual(
    closing.map(() => ["ENCRYPT_DECRYPT", true]),
  );
  expect(specs.filter((one) => !closing.includes(one))).toEqual([
    ["CountersignSigner", "ECC_NIST_EDWARDS25519", "SIGN_VERIFY", false],
    ["CountersignSigner", "ML_DSA_44", "SIGN_VERIFY", false],
  ]);
});

test("queues wake jobs and end in dead letters; each job is swept once a minute", () => {
  const queues = ofType(resources, "AWS::SQS::Queue").map(([, { Properties }]) => Properties);
  const live = queues.filter(({ RedrivePolicy }) => RedrivePolicy !== undefined);
  expect(live.every(({ FifoQueue }) => FifoQueue === true)).toBe(true);
  const tries = live.map(({ RedrivePolicy }) => RedrivePolicy as object);
  expect(tries).toEqual(tries.map(() => expect.objectContaining({ maxReceiveCount: 3 })));
  const dead = queues.filter(({ RedrivePolicy }) => RedrivePolicy === undefined);
  expect(dead.map((one) => one.MessageRetentionPeriod)).toEqual(dead.map(() => 14 * 86_400));
  const sources = ofType(resources, "AWS::Lambda::EventSourceMapping");
  expect([live.length, sources.length]).toEqual([4, 4]);
  const rules = ofType(resources, "AWS::Events::Rule");
  const every = (rate: string) =>
    rules.filter(([, { Properties }]) => Properties.ScheduleExpression === rate);
  const woken = (rate: string) =>
    every(rate).map(([path, { Properties }]) => {
      const [target] = Properties.Targets as [{ Arn: unknown; DeadLetterConfig?: unknown }];
      expect(target.DeadLetterConfig).toBeDefined();
      // The next sweep does what this one did not.
      const MaximumEventAgeInSeconds = rate === "rate(1 hour)" ? 3_600 : 60;
      const RetryPolicy = { MaximumEventAgeInSeconds, MaximumRetryAttempts: 0 };
      expect(target).toMatchObject({ RetryPolicy });
      const lambda = `${path.split("/")[0]}/${named(target.Arn)}`;
      return [...lambdas].find(([, [at]]) => at === lambda)?.[0];
    });
  expect(woken("rate(1 minute)").sort()).toEqual([
    ...["adjudicator", "announcer", "exporter", "importer", "payouts", "publisher"],
    ...["reconciliation", "sequencer", "shadow", "signer"],
  ]);
  expect(woken("rate(1 hour)").sort()).toEqual(["eraser", "self-audit", "totals"]);
  expect(rules).toHaveLength(13);
});

test("each function connects as its own database role, and nothing else is granted one", () => {
  const [, { Properties }] = only("Custom::Migrations");
  const granted = JSON.stringify(Properties.Roles);
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
  const auditing = ["announcer", "exporter", "self-audit", "shadow"];
  expect(of("countersign_auditor").sort()).toEqual(auditing);
  expect(of("countersign_app").sort()).toEqual(
    [
      "adjudicator",
      "auditor",
      "claimant",
      "eraser",
      "importer",
      "insurer",
      "operator",
      "payouts",
      "public",
      "reconciliation",
      "totals",
    ].sort(),
  );
  expect(of("countersign_sequencer")).toEqual(["sequencer"]);
  expect(of("countersign_publisher").sort()).toEqual(["publisher", "signer"]);
  const roles = Object.fromEntries(
    granted.split(/\W+(?=countersign_)/).flatMap((part) => {
      const role = /^countersign_([a-z]+)/.exec(part)?.[1];
      const arns = part.match(/role\/countersign-dev-[a-z-]+-us-east-1/g) ?? [];
      return role ? [[role, arns.map((arn) => arn.slice(21, -10)).sort()]] : [];
    }),
  );
  const connected = (role: string) => [...of(`countersign_${role}`)].sort();
  const each = ["app", "eraser", "auditor", "sequencer", "publisher"];
  expect(roles).toEqual(Object.fromEntries(each.map((role) => [role, connected(role)])));
});

describe("-c signingKeys=1,2", () => {
  test("has two pairs of keys, of which the signer signs with all and others know all", () => {
    const specs = ofType(prod.resources, "AWS::KMS::Key").map(([, key]) => key.Properties.KeySpec);
    expect(specs.filter((spec) => spec !== undefined)).toEqual([
      ...["ECC_NIST_EDWARDS25519", "ECC_NIST_EDWARDS25519", "ML_DSA_44", "ML_DSA_44"],
    ]);
    const variablesOf = (name: string) => {
      const [, lambda] = ofType(prod.resources, "AWS::Lambda::Function").find(
        ([, { Properties }]) => Properties.Description === `Countersign: ${name}`,
      )!;
      return (lambda.Properties.Environment as { Variables: Record<string, unknown> }).Variables;
    };
    for (const [variable, alias] of [
      ["ED25519_KEY_IDS", "ed25519"],
      ["MLDSA44_KEY_IDS", "mldsa44"],
    ] as const) {
      for (const name of ["publisher", "operator", "self-audit", "eraser"]) {
        const listed = JSON.stringify(variablesOf(name)[variable]).match(/alias\/[^",]+/g);
        const own = [1, 2].map((n) => `alias/countersign-prod/${alias}-${n}`);
        expect([name, listed]).toEqual([name, own]);
      }
      const own = JSON.stringify(variablesOf("signer")[variable]);
      expect(own.match(/SigningKeys(Ed25519|MlDsa44)[12]/g)).toHaveLength(2);
    }
    const [path, lambda] = ofType(prod.resources, "AWS::Lambda::Function").find(([path]) =>
      path.startsWith("CountersignSigner/"),
    )!;
    const signs = statementsOf(prod.resources, roleOf(path, lambda)).filter(
      ({ Action }) => Action === "kms:Sign",
    );
    expect(signs.map((one) => (one as { Resource?: unknown[] }).Resource?.length)).toEqual([2, 2]);
  });

  test("keeps the first pair as it was", () => {
    const keysOf = (resources: Resources) =>
      ofType(resources, "AWS::KMS::Key").map(([path]) => path);
    expect(keysOf(prod.resources)).toEqual(expect.arrayContaining(keysOf(resources)));
  });
});

describe("-c stage", () => {
  const bucketOf = (from: Resources, pattern: RegExp) =>
    ofType(from, "AWS::S3::Bucket").find(([path]) => pattern.test(path))![1];
  const lockOf = (from: Resources) => {
    const { ObjectLockConfiguration: lock } = bucketOf(from, /Published/).Properties;
    return (lock as { Rule: { DefaultRetention: object } }).Rule.DefaultRetention;
  };

  test("dev locks for a day that an administrator can end; prod for years that nobody can", () => {
    expect(lockOf(resources)).toEqual({ Mode: "GOVERNANCE", Days: 1 });
    expect(lockOf(prod.resources)).toEqual({ Mode: "COMPLIANCE", Days: 3_660 });
  });

  test("dev may be destroyed; in prod nothing that holds records, keys or logs goes with its stack", () => {
    const holding = /^AWS::(S3::Bucket|KMS::Key|DSQL::Cluster|Logs::LogGroup|Cognito::UserPool)$/;
    const policies = (from: Resources) => [
      ...new Set(
        Object.values(from)
          .filter(({ Type }) => holding.test(Type))
          .map((one) => (one as { DeletionPolicy?: string }).DeletionPolicy),
      ),
    ];
    expect(policies(resources)).toEqual(["Delete"]);
    expect(policies(prod.resources)).toEqual(["Retain"]);
    const protection = (from: Resources) => [
      ofType(from, "AWS::DSQL::Cluster")[0]![1].Properties.DeletionProtectionEnabled,
      ofType(from, "AWS::Cognito::UserPool")[0]![1].Properties.DeletionProtection,
    ];
    expect(protection(resources)).toEqual([false, "INACTIVE"]);
    expect(protection(prod.resources)).toEqual([true, "ACTIVE"]);
    expect(synthesis.terminationProtected).not.toContain(true);
    expect(prod.terminationProtected).not.toContain(false);
  });

  test("a backup can be deleted in dev alone: in prod the vault denies it to all, and is locked", () => {
    const vaultOf = (from: Resources) => ofType(from, "AWS::Backup::BackupVault")[0]![1].Properties;
    expect(vaultOf(resources)).not.toHaveProperty("AccessPolicy");
    expect(vaultOf(resources)).not.toHaveProperty("LockConfiguration");
    expect(vaultOf(prod.resources)).toMatchObject({
      AccessPolicy: {
        Statement: [
          {
            Effect: "Deny",
            Principal: { AWS: "*" },
            Action: ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
          },
        ],
      },
      LockConfiguration: { MinRetentionDays: 7, MaxRetentionDays: 35, ChangeableForDays: 3 },
    });
  });

  test("both have a domain where the pool gives tokens, to persons for a code and to machines for a secret", () => {
    for (const from of [resources, prod.resources]) {
      const [[pool = ""] = []] = ofType(from, "AWS::Cognito::UserPool");
      const domains = ofType(from, "AWS::Cognito::UserPoolDomain");
      expect(domains.map(([, one]) => named(one.Properties.UserPoolId))).toEqual([
        pool.split("/")[1],
      ]);
      const flows = ofType(from, "AWS::Cognito::UserPoolClient").map(
        ([, client]) => client.Properties.AllowedOAuthFlows,
      );
      expect(flows).toEqual([["code"], ["code"], ["client_credentials"]]);
    }
    const [, { Properties }] = only("AWS::Cognito::UserPoolDomain");
    const prefix = JSON.stringify(Properties.Domain);
    expect(prefix).toMatch(/countersign-dev-.*AWS::AccountId/);
    expect(prefix).not.toMatch(/aws-|amazon|cognito/);
  });

  test("the database is closed under a key of ours", () => {
    const { KmsEncryptionKey } = only("AWS::DSQL::Cluster")[1].Properties;
    expect(resources[`CountersignPlatform/${named(KmsEncryptionKey)}`]!.Type).toBe("AWS::KMS::Key");
  });
});

describe("-c failoverRegion", () => {
  const published = (from: Resources, stack: string) =>
    ofType(from, "AWS::S3::Bucket").find(
      ([path]) => path.startsWith(`${stack}/`) && /Published/.test(path),
    )!;
  const [copyPath, copy] = published(prod.resources, "CountersignFailover");
  const [, original] = published(prod.resources, "CountersignPlatform");
  const nameOf = (bucket: Resource) => JSON.stringify(bucket.Properties.BucketName);

  test("has every published object copied to a bucket there, which is locked as long, and deployed first", () => {
    expect(prod.after.CountersignPlatform).toEqual(["CountersignFailover"]);
    expect(prod.regions[prod.stacks.indexOf("CountersignFailover")]).toBe(failoverRegion);
    const { Rules, Role } = original.Properties.ReplicationConfiguration as {
      Rules: { Status: string; Filter?: object; Destination: { Bucket: unknown } }[];
      Role: unknown;
    };
    expect(Rules).toMatchObject([
      { Status: "Enabled", DeleteMarkerReplication: { Status: "Disabled" } },
    ]);
    expect(Rules[0]).toHaveProperty("Filter", { Prefix: "" });
    const to = JSON.stringify(Rules[0]?.Destination.Bucket);
    expect(to).toContain(nameOf(copy).slice(-10, -5));
    expect(to.match(/countersign-prod-published-/g)).toHaveLength(1);
    expect(to).toContain(`-${failoverRegion}`);
    for (const setting of [
      "ObjectLockEnabled",
      "ObjectLockConfiguration",
      "VersioningConfiguration",
    ]) {
      expect([setting, copy.Properties[setting]]).toEqual([setting, original.Properties[setting]]);
    }
    const role = `CountersignPlatform/${named(Role)}`;
    expect([...new Set(actionsOf(prod.resources, role))].sort()).toEqual([
      ...["s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectVersionAcl"],
      ...["s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"],
      ...["s3:GetReplicationConfiguration", "s3:ListBucket"],
      ...["s3:ReplicateObject", "s3:ReplicateTags"],
    ]);
  });

  test("lets nobody but the replication write there, and nobody delete; it is closed to the public", () => {
    const [, policy] = ofType(prod.resources, "AWS::S3::BucketPolicy").find(([path, one]) =>
      `${path.split("/")[0]}/${named(one.Properties.Bucket)}`.endsWith(copyPath),
    )!;
    const { Statement } = policy.Properties.PolicyDocument as {
      Statement: { Effect: string; Action: string; Condition?: object }[];
    };
    const denied = Statement.filter(
      ({ Effect, Action, Condition }) => Effect === "Deny" && Action !== "s3:*" && !Condition,
    );
    expect(denied.flatMap(({ Action }) => Action).sort()).toEqual([
      ...["s3:DeleteObject", "s3:PutObject"],
    ]);
    expect(openBuckets(prod.resources)).toEqual([]);
  });

  test("copies nothing that can be erased, and makes data and signing keys for several regions; without it there is neither", () => {
    const copied = (from: Resources) =>
      ofType(from, "AWS::S3::Bucket")
        .filter(([, { Properties }]) => Properties.ReplicationConfiguration !== undefined)
        .map(([path]) => path);
    expect(copied(prod.resources)).toEqual([
      expect.stringMatching(/^CountersignPlatform.*Published/),
    ]);
    expect(copied(resources)).toEqual([]);
    const severalRegions = (from: Resources) =>
      ofType(from, "AWS::KMS::Key")
        .filter(([, { Properties }]) => Properties.MultiRegion === true)
        .map(([path]) => /DataKey|Ed25519|MlDsa44/.exec(path)?.[0])
        .sort();
    expect(severalRegions(prod.resources)).toEqual([
      ...["DataKey", "Ed25519", "Ed25519", "MlDsa44", "MlDsa44"],
    ]);
    expect(severalRegions(resources)).toEqual([]);
    expect(stacks).not.toContain("CountersignFailover");
  });
});

describe("-c ledger=qldb", () => {
  const qldb = synthesised({ ledger: "qldb" });

  test("has QLDB in place of the tlog's sequencer, signer and publisher", () => {
    const [[, ledger]] = ofType(qldb.resources, "AWS::QLDB::Ledger") as [[string, Resource]];
    expect(ledger.Properties).toMatchObject({
      PermissionsMode: "STANDARD",
      DeletionProtection: false,
    });
    expect(ledger).toHaveProperty("DeletionPolicy", "Delete");
    const kept = synthesised({ ledger: "qldb", stage: "prod", retentionYears: "1" });
    const [[, protectedOne]] = ofType(kept.resources, "AWS::QLDB::Ledger") as [[string, Resource]];
    expect(protectedOne.Properties.DeletionProtection).toBe(true);
    expect(protectedOne).toHaveProperty("DeletionPolicy", "Retain");
    const { KmsKey } = ledger.Properties;
    expect(qldb.resources[`CountersignPlatform/${named(KmsKey)}`]!.Type).toBe("AWS::KMS::Key");
    expect(qldb.stacks).toEqual(["CountersignPlatform", "CountersignEdge"]);
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
