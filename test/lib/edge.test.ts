import { describe, expect, test } from "@jest/globals";
import { edgePaths, keyOfPath, pages } from "../../lib/edge-paths.ts";
import { isLive, servedFile } from "../../shared/api/log-path.ts";
import { routeTable } from "../../shared/api/routes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { cdnMayRead, patternMatches, unguarded } from "./edge-findings.ts";
import { ownNames, sharedNames } from "./shared-names.ts";
import { named, ofType, type Resource, type Resources, synthesised } from "./synthesised.ts";

const certificateIn = (region: string) =>
  `arn:aws:acm:${region}:111111111111:certificate/12345678-1234-1234-1234-123456789012`;
const region = "eu-central-1";
const here = synthesised({
  region,
  domainName: "claims.insurer.example",
  certificate: certificateIn("us-east-1"),
  originDomainName: "origin.insurer.example",
  originCertificate: certificateIn(region),
  originVerify: "1,2",
});
const { resources } = here;
const elsewhere = synthesised({ countries: "AT,DE" });
const only = (type: string, pattern = /./): readonly [string, Resource] => {
  const found = ofType(resources, type).filter(([path]) => pattern.test(path));
  expect(found).toHaveLength(1);
  return found[0]!;
};
const [distributionPath, distribution] = only("AWS::CloudFront::Distribution");

interface Behavior {
  readonly PathPattern: string;
  readonly TargetOriginId: string;
  readonly CachePolicyId: unknown;
  readonly AllowedMethods: readonly string[];
  readonly FunctionAssociations?: readonly { readonly FunctionARN: unknown }[];
}
interface Origin {
  readonly Id: string;
  readonly DomainName: unknown;
  readonly OriginAccessControlId?: unknown;
  readonly OriginCustomHeaders?: readonly {
    readonly HeaderName: string;
    readonly HeaderValue: string;
  }[];
}
interface Config {
  readonly Logging: object;
  readonly Restrictions: { readonly GeoRestriction: object };
  readonly Aliases: readonly string[];
  readonly CacheBehaviors: readonly Behavior[];
  readonly DefaultCacheBehavior: Behavior;
  readonly Origins: readonly Origin[];
  readonly CustomErrorResponses: readonly { ErrorCode: number; ErrorCachingMinTTL: number }[];
  readonly ViewerCertificate: object;
}
const config = distribution.Properties.DistributionConfig as Config;

/** The behaviour of the first pattern that matches, as CloudFront tries them. */
const behaviorAt = (path: string): Behavior =>
  config.CacheBehaviors.find(({ PathPattern }) => patternMatches(PathPattern, path)) ??
  config.DefaultCacheBehavior;
const originAt = (path: string): Origin =>
  config.Origins.find(({ Id }) => Id === behaviorAt(path).TargetOriginId)!;
const bucketAt = (path: string): string | undefined =>
  /countersign-dev-(\w+)-|PagesD/.exec(JSON.stringify(originAt(path).DomainName))?.[0];

/** What CloudFront's function makes of a request for `uri`: the template's own text, run here. */
const [, cdnFunction] = only("AWS::CloudFront::Function");
const atViewer = new Function(
  "uri",
  `${cdnFunction.Properties.FunctionCode}; return handler({ request: { uri } });`,
) as (uri: string) => { readonly uri?: string; readonly statusCode?: number };

const hash = "0f".repeat(32);
const files = [
  ...["/logs/acme/checkpoint", "/logs/acme/checkpoints/17", `/logs/acme/packs/${hash}.json`],
  ...["/logs/acme/tile/0/000", "/logs/acme/tile/1/x001/234", "/logs/acme/tile/0/x001/x234/067.p/9"],
  ...["/.well-known/countersign/acme.policy", "/.well-known/countersign/acme.require"],
  ...routeTable.flatMap(({ audience, example }) =>
    audience === "published" ? [example.path] : [],
  ),
];

test("a firewall stands before the distribution: bad addresses, bad requests, and a limit for each address", () => {
  expect(unguarded(resources)).toEqual([]);
  const { WebACLId: _, ...open } = config as object as Record<string, unknown>;
  const opened: Resources = {
    ...resources,
    [distributionPath]: { ...distribution, Properties: { DistributionConfig: open } },
  };
  expect(unguarded(opened)).toEqual([`${distributionPath}: no firewall`]);
  const [aclPath, acl] = only("AWS::WAFv2::WebACL");
  const rules = acl.Properties.Rules as { readonly Name: string }[];
  for (const { Name } of rules) {
    const fewer = rules.filter((rule) => rule.Name !== Name);
    const Properties = { ...acl.Properties, Rules: fewer };
    const weaker = { ...resources, [aclPath]: { ...acl, Properties } };
    expect(unguarded(weaker)).toEqual([`${distributionPath}: without ${Name}`]);
  }
});

describe("the word of the edge", () => {
  const secrets = ofType(resources, "AWS::SecretsManager::Secret").filter(([path]) =>
    path.includes("OriginVerify"),
  );
  const nameOf = (generation: number) => `countersign-dev/origin-verify-${region}-${generation}`;

  test("is made by AWS, for each generation, with a copy where the edge reads it", () => {
    expect(secrets.map(([, { Properties }]) => Properties.Name)).toEqual([1, 2].map(nameOf));
    for (const [, { Properties }] of secrets) {
      expect(Properties).not.toHaveProperty("SecretString");
      expect(Properties).toMatchObject({
        GenerateSecretString: { ExcludePunctuation: true, PasswordLength: 64 },
        ReplicaRegions: [{ Region: "us-east-1" }],
      });
    }
  });

  test("is the newest in the header, and any in the functions' variable: references both, no value", () => {
    const [header] = originAt("/claims").OriginCustomHeaders ?? [];
    expect(header).toEqual({
      HeaderName: "x-origin-verify",
      HeaderValue: `{{resolve:secretsmanager:${nameOf(2)}:SecretString:::}}`,
    });
    const reference = (path: string) => [
      "{{resolve:secretsmanager:",
      { Ref: path.split("/")[1] },
      ":SecretString:::}}",
    ];
    const [one, two] = secrets.map(([path]) => reference(path));
    const [, , end] = two!;
    const joined = [...one!.slice(0, 2), `${one![2]},${two![0]}`, two![1], end];
    for (const name of ["claimant", "insurer", "auditor", "public", "unrouted"]) {
      const [, lambda] = ofType(resources, "AWS::Lambda::Function").find(
        ([, { Properties }]) => Properties.Description === `Countersign: ${name}`,
      )!;
      const { Variables } = lambda.Properties.Environment as { Variables: Record<string, unknown> };
      expect([name, Variables.ORIGIN_VERIFY]).toEqual([name, { "Fn::Join": ["", joined] }]);
    }
  });

  test("is asked by every function behind a route", () => {
    const targets = ofType(resources, "AWS::ApiGatewayV2::Integration").map(
      ([, { Properties }]) => resources[`CountersignPlatform/${named(Properties.IntegrationUri)}`]!,
    );
    expect(targets.length).toBeGreaterThanOrEqual(5);
    for (const { Properties } of targets) {
      expect(Properties.Environment).toHaveProperty("Variables.ORIGIN_VERIFY");
    }
  });
});

test("with a name of its own the API has no other, and the edge asks it there", () => {
  expect(only("AWS::ApiGatewayV2::Api")[1].Properties.DisableExecuteApiEndpoint).toBe(true);
  expect(only("AWS::ApiGatewayV2::DomainName")[1].Properties).toMatchObject({
    DomainName: "origin.insurer.example",
    DomainNameConfigurations: [{ SecurityPolicy: "TLS_1_2", EndpointType: "REGIONAL" }],
  });
  expect(originAt("/claims").DomainName).toBe("origin.insurer.example");
  expect(config.Aliases).toEqual(["claims.insurer.example"]);
  expect(config.ViewerCertificate).toMatchObject({
    AcmCertificateArn: certificateIn("us-east-1"),
    MinimumProtocolVersion: "TLSv1.2_2021",
  });
});

describe("a path", () => {
  test.each(files)("%s is the object of its key, in the bucket that holds it", (path) => {
    const { key } = servedFile(path);
    expect(atViewer(path)).toEqual({ uri: `/${key}` });
    expect(bucketAt(path)).toBe(`countersign-dev-${isLive(key) ? "live" : "published"}-`);
    expect(behaviorAt(path).FunctionAssociations).toHaveLength(1);
    expect(behaviorAt(path).AllowedMethods).toEqual(["GET", "HEAD"]);
    expect(originAt(path)).toHaveProperty("OriginAccessControlId");
  });

  test.each(Object.entries(pages))("%s is the page %s", (path, file) => {
    expect([atViewer(path), bucketAt(path)]).toEqual([{ uri: `/${file}` }, "PagesD"]);
  });

  test.each([
    "/logs/acme/tile/entries/000",
    "/logs/acme/tile/entries/x001/234.p/7",
    "/logs/acme/proofs/inclusion",
    "/claims",
    "/",
    ...routeTable.flatMap(({ audience, example: { path } }) =>
      audience === "published" ? [] : [path],
    ),
  ])("%s is the API's, of which nothing is kept", (path) => {
    expect(originAt(path).DomainName).toBe("origin.insurer.example");
    // AWS's managed policies CachingDisabled and AllViewerExceptHostHeader.
    expect(behaviorAt(path)).toMatchObject({
      CachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
      OriginRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
    });
  });

  test.each([
    ...[
      "/",
      "",
      "/logs/",
      "/logs/acme/",
      "/logs/acme",
      "/acme/checkpoint",
      "/logs/acme/log.policy",
    ],
    ...[
      "/logs/acme/tile/entries/000",
      "/logs/acme/tile/%65ntries/000",
      "/logs/acme/tile/0/../entries/000",
    ],
    ...["/logs/acme/tile/0/000/../../entries/000", "/logs//tile/0/000", "/logs/acme/tile/0/000%2f"],
    ...[
      "/logs/acme/edges/2026-11-26/tile/0/000.p/1",
      "/logs/acme/checkpoints/01",
      "/logs/Acme/checkpoint",
    ],
    ...[
      "/logs/acme/checkpoint\n",
      "/constructor",
      "/verify.html",
      "/.well-known/countersign/acme.key",
    ],
  ])("%j gets no further than the edge where a bucket would be asked", (path) => {
    expect(atViewer(path)).toMatchObject({ statusCode: 404, body: '{"message":"Not Found"}' });
    expect(() => servedFile(path)).toThrow(Malformed);
  });

  test("the patterns are tried in the order written: CloudFront's own", () => {
    const tried = config.CacheBehaviors.map(({ PathPattern }) => PathPattern);
    expect(tried).toEqual(edgePaths.map(([pattern]) => pattern));
    expect(cdnFunction.Properties.FunctionCode).toBe(keyOfPath);
    expect(Buffer.byteLength(keyOfPath)).toBeLessThan(10_240);
  });
});

test("CloudFront may read what is published, and no entry bundle, whatever else allows it; nobody else's CloudFront may", () => {
  for (const [bucket, key] of [
    [/StoresBucketsPublished/, "acme/tile/0/000"],
    [/StoresBucketsLive/, "acme/tile/0/000.p/1"],
    [/BucketsPages/, "verify.html"],
  ] as const) {
    const [path] = only("AWS::S3::Bucket", bucket);
    expect([path, cdnMayRead(resources, path, key)]).toEqual([path, true]);
    if (bucket.source.includes("Pages")) continue;
    const others = ["acme/tile/entries/000", "acme/tile/entries/x001/000.p/3"];
    for (const other of [...others, "acme/edges/2026-11-26/tile/entries/000"]) {
      expect([other, cdnMayRead(resources, path, other)]).toEqual([other, false]);
    }
    const [policyPath, policy] = only("AWS::S3::BucketPolicy", bucket);
    const { Statement } = policy.Properties.PolicyDocument as { Statement: { Effect: string }[] };
    const allowing = Statement.filter(({ Effect }) => Effect === "Allow");
    const Properties = { ...policy.Properties, PolicyDocument: { Statement: allowing } };
    const opened = { ...resources, [policyPath]: { ...policy, Properties } };
    expect(cdnMayRead(opened, path, others[0]!)).toBe(true);
  }
  for (const [path] of ofType(resources, "AWS::S3::Bucket")) {
    if (/Published|Live|Pages/.test(path)) continue;
    expect([path, cdnMayRead(resources, path, "acme/any")]).toEqual([path, false]);
  }
});

test("two regions stand in one account: at the edge and of what an account has once no name is the same", () => {
  expect(here.deployedAs.filter((name) => elsewhere.deployedAs.includes(name))).toEqual([]);
  const once = /^CountersignEdge|::(IAM|S3|CloudFront)::/;
  expect(sharedNames(resources, elsewhere.resources, once)).toEqual([]);
  expect(ownNames(resources, once)).toEqual(
    expect.arrayContaining([
      'AWS::CloudFront::CachePolicy "countersign-dev-edge-eu-central-1-files"',
      'AWS::WAFv2::WebACL "countersign-dev-edge-eu-central-1"',
    ]),
  );
});

test("all countries are served but one, or those alone that are named", () => {
  const restrictionsOf = (from: Resources) =>
    (ofType(from, "AWS::CloudFront::Distribution")[0]![1].Properties.DistributionConfig as Config)
      .Restrictions.GeoRestriction;
  expect(restrictionsOf(resources)).toEqual({ RestrictionType: "blacklist", Locations: ["KP"] });
  expect(restrictionsOf(elsewhere.resources)).toEqual({
    ...{ RestrictionType: "whitelist", Locations: ["AT", "DE"] },
  });
});

test("secrets are closed under a key of ours", () => {
  const secrets = ofType(resources, "AWS::SecretsManager::Secret");
  expect(secrets).toHaveLength(3);
  for (const [path, { Properties }] of secrets) {
    const key = resources[`CountersignPlatform/${named(Properties.KmsKeyId)}`];
    expect([path, key?.Type]).toEqual([path, "AWS::KMS::Key"]);
  }
});

test("each request is logged by the distribution's own delivery, and no cookie by either kind of log", () => {
  expect(config.Logging).toEqual({ IncludeCookies: false });
  const source = only("AWS::Logs::DeliverySource")[1].Properties;
  expect(JSON.stringify(source.ResourceArn)).toContain(`"${distributionPath.slice(16)}"`);
  const delivery = only("AWS::Logs::Delivery")[1].Properties;
  expect(named(delivery.DeliverySourceName)).toBe(only("AWS::Logs::DeliverySource")[0].slice(16));
});

test("an answer that refuses is kept for nobody else", () => {
  const kept = Object.fromEntries(
    config.CustomErrorResponses.map((one) => [one.ErrorCode, one.ErrorCachingMinTTL]),
  );
  // What CloudFront would keep for ten seconds of its own accord.
  for (const status of [400, 403, 404, 405, 414, 500, 501, 502, 503, 504]) {
    expect([status, kept[status]]).toEqual([status, 0]);
  }
});

test("no log line has a path, a query or a token; only a blocked request has its address", () => {
  const { RecordFields } = only("AWS::Logs::Delivery")[1].Properties;
  expect(
    (RecordFields as string[]).filter((field) => /^c-|uri|cs\(|query|forwarded/.test(field)),
  ).toEqual([]);
  const blocked = only("AWS::WAFv2::LoggingConfiguration")[1].Properties;
  expect(JSON.stringify(blocked.RedactedFields)).toBe(
    '[{"SingleHeader":{"Name":"authorization"}},{"UriPath":{}},{"QueryString":{}}]',
  );
  expect(blocked.LoggingFilter).toMatchObject({ DefaultBehavior: "DROP" });
});
