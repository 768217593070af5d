import { type PolicyDocument, roleOf, type Statement, stackOf, statementsOf } from "./findings.ts";
import { named, ofType, type Resources } from "./synthesised.ts";

/** The account of each stack, as the template writes it. */
export type AccountOf = (stack: string) => string;

/** What S3 asks of the key that closes a bucket, in the caller's name. */
const asks = { "s3:GetObject": "kms:Decrypt", "s3:PutObject": "kms:GenerateDataKey" } as const;

/** An intrinsic of CloudFormation as one text: `${Id}`, `${Id.Attribute}`, and these joined; the partition, which is written in both ways, as `aws`. */
function flat(value: unknown): string {
  if (typeof value === "string") return value;
  const { Ref, "Fn::GetAtt": attribute, "Fn::Join": joined } = value as Record<string, unknown>;
  if (Ref === "AWS::Partition") return "aws";
  if (typeof Ref === "string") return `\${${Ref}}`;
  if (Array.isArray(attribute)) return `\${${attribute.join(".")}}`;
  const [between, parts] = joined as [string, unknown[]];
  return parts.map(flat).join(between);
}
const listed = (value: unknown): string[] => [value].flat().map(flat);

interface Closed {
  readonly stack: string;
  readonly bucket: string;
  readonly name: string | undefined;
  readonly key: string;
  readonly aliases: readonly string[];
  readonly policy: readonly Statement[];
}

/** The buckets that a key of ours closes. */
const closedBuckets = (resources: Resources): readonly Closed[] =>
  ofType(resources, "AWS::S3::Bucket").flatMap(([path, { Properties }]) => {
    const key = /"KMSMasterKeyID":(\{[^}]*\})/.exec(JSON.stringify(Properties))?.[1];
    if (key === undefined) return [];
    const stack = stackOf(path);
    const keyId = named(JSON.parse(key));
    const aliases = ofType(resources, "AWS::KMS::Alias").filter(
      ([at, alias]) => stackOf(at) === stack && named(alias.Properties.TargetKeyId) === keyId,
    );
    const policy = resources[`${stack}/${keyId}`]!.Properties.KeyPolicy as PolicyDocument;
    return {
      stack,
      bucket: path.slice(stack.length + 1),
      name: Properties.BucketName === undefined ? undefined : flat(Properties.BucketName),
      key: keyId,
      aliases: aliases.map(([, alias]) => flat(alias.Properties.AliasName)),
      policy: policy.Statement,
    };
  });

/** Whether a role's statement names the key: by its ARN, or among the keys of its account by an alias it has. */
function namesKey({ Resource, Condition }: Statement, closed: Closed, here: string, of: AccountOf) {
  const resources = listed(Resource);
  const direct = here === closed.stack && resources.includes(`\${${closed.key}.Arn}`);
  if (direct) return Condition === undefined;
  const keys = `arn:aws:kms:us-east-1:${of(closed.stack)}:key/*`;
  const held = closed.aliases.map((alias) =>
    JSON.stringify({ "ForAnyValue:StringEquals": { "kms:ResourceAliases": alias } }),
  );
  return resources.includes(keys) && held.includes(JSON.stringify(Condition));
}

/** Whether the key's own policy lets IAM policies of the role's account decide on the role. */
const admits = (closed: Closed, action: string, account: string, roleArn: string): boolean =>
  closed.policy.some(({ Effect, Principal, Action, Condition }) => {
    const [principal] = listed((Principal as { AWS?: unknown }).AWS ?? "");
    const whom = (Condition as { ArnEquals?: Record<string, unknown> } | undefined)?.ArnEquals;
    return (
      Effect === "Allow" &&
      [Action].flat().some((one) => one === "kms:*" || one === action) &&
      principal === `arn:aws:iam::${account}:root` &&
      (Condition === undefined || flat(whom?.["aws:PrincipalArn"] ?? "") === roleArn)
    );
  });

/**
 * Who may get or put objects of a bucket and not use the key that closes it, in which S3 answers AccessDenied: `function, action, bucket`. IAM of the role and the key's policy both
 * have to allow it, in one account and across two.
 */
export const lockedOut = (resources: Resources, of: AccountOf): string[] =>
  ofType(resources, "AWS::Lambda::Function").flatMap(([path, lambda]) => {
    const here = stackOf(path);
    const role = roleOf(path, lambda);
    const roleArn = `arn:aws:iam::${of(here)}:role/${flat(resources[role]!.Properties.RoleName ?? "")}`;
    const allowed = statementsOf(resources, role);
    const may = (action: string) =>
      allowed.filter(({ Action }) => [Action].flat().includes(action));
    const works = (action: string, { stack, bucket, name }: Closed) =>
      may(action)
        .flatMap(({ Resource }) => listed(Resource))
        .some(
          (arn) =>
            (here === stack && arn === `\${${bucket}.Arn}/*`) || arn === `arn:aws:s3:::${name}/*`,
        );
    return closedBuckets(resources).flatMap((closed) =>
      Object.entries(asks)
        .filter(([action]) => works(action, closed))
        .filter(
          ([, use]) =>
            !may(use).some((one) => namesKey(one, closed, here, of)) ||
            !admits(closed, use, of(here), roleArn),
        )
        .map(([, use]) => `${lambda.Properties.Description}, ${use}, ${closed.bucket}`),
    );
  });

/** The pairs that {@link lockedOut} judges, so that a test knows that there are some: buckets closed under keys of ours. */
export const closedBucketNames = (resources: Resources): string[] =>
  closedBuckets(resources).map(({ bucket }) => bucket);
