import { named, ofType, type Resource, type Resources } from "./synthesised.ts";

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Principal?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}
export interface PolicyDocument {
  readonly Statement: readonly Statement[];
}

export const stackOf = (path: string): string => path.split("/")[0] ?? "";

/** Every action a role may do, by inline and attached policies. */
export const actionsOf = (resources: Resources, rolePath: string): string[] =>
  statementsOf(resources, rolePath).flatMap(({ Action }) => Action);

/** What a role is allowed, by inline and attached policies. */
export function statementsOf(resources: Resources, rolePath: string): Statement[] {
  const role = resources[rolePath]!;
  const inline = (role.Properties.Policies ?? []) as { PolicyDocument: PolicyDocument }[];
  const attachedTo = policiesOf(resources, rolePath).map(
    ([, { Properties }]) => Properties.PolicyDocument,
  );
  return [...inline.map(({ PolicyDocument: document }) => document), ...attachedTo]
    .flatMap((document) => (document as PolicyDocument).Statement)
    .filter(({ Effect }) => Effect === "Allow");
}

/** The policies that stand beside a role and are attached to it. */
export const policiesOf = (resources: Resources, rolePath: string) =>
  ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"]
    .flatMap((type) => ofType(resources, type))
    .filter(([path, { Properties }]) =>
      (Properties.Roles as unknown[]).some((one) => `${stackOf(path)}/${named(one)}` === rolePath),
    );

/** The role of a function, by its path. */
export const roleOf = (path: string, lambda: Resource): string =>
  `${stackOf(path)}/${named(lambda.Properties.Role)}`;

/** Policies that allow a wildcard action to a role, and policies of AWS's attached to one. */
export const wildcardActions = (resources: Resources): string[] =>
  ofType(resources, "AWS::IAM::Role").flatMap(([path, { Properties }]) => [
    ...actionsOf(resources, path)
      .filter((action) => action.includes("*"))
      .map((action) => `${path}: ${action}`),
    ...((Properties.ManagedPolicyArns ?? []) as unknown[]).map(() => `${path}: managed policy`),
  ]);

/** Buckets that are not closed to the public, or answer plain HTTP. */
export const openBuckets = (resources: Resources): string[] =>
  ofType(resources, "AWS::S3::Bucket")
    .filter(([path, { Properties }]) => {
      const block = (Properties.PublicAccessBlockConfiguration ?? {}) as Record<string, boolean>;
      const closed = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls"].every(
        (name) => block[name] === true,
      );
      const policies = ofType(resources, "AWS::S3::BucketPolicy").filter(
        ([policy, found]) => `${stackOf(policy)}/${named(found.Properties.Bucket)}` === path,
      );
      const refuses = policies.some(([, found]) =>
        (found.Properties.PolicyDocument as PolicyDocument).Statement.some(
          ({ Effect, Action, Condition }) =>
            Effect === "Deny" &&
            Action === "s3:*" &&
            JSON.stringify(Condition).includes('"aws:SecureTransport":"false"'),
        ),
      );
      return !closed || block.RestrictPublicBuckets !== true || !refuses;
    })
    .map(([path]) => path);

/** Functions whose failed asynchronous calls go to no queue of their stack, or whose lines go to no log group of it that forgets: `function: what is missing`. */
export const unkept = (resources: Resources): string[] =>
  ofType(resources, "AWS::Lambda::Function").flatMap(([path, { Properties }]) => {
    const found = (value: unknown) => resources[`${stackOf(path)}/${named(value ?? "")}`];
    const { DeadLetterConfig, LoggingConfig } = Properties;
    const group = found(LoggingConfig);
    const logged =
      group?.Type === "AWS::Logs::LogGroup" && typeof group.Properties.RetentionInDays === "number";
    return [
      ...(found(DeadLetterConfig)?.Type === "AWS::SQS::Queue" ? [] : [`${path}: dead letters`]),
      ...(logged ? [] : [`${path}: a log that forgets`]),
    ];
  });

/** Keys whose policy lets an AWS service use them without a condition that ties it to what is ours. */
export const looseKeys = (resources: Resources): string[] =>
  ofType(resources, "AWS::KMS::Key").flatMap(([path, { Properties }]) =>
    (Properties.KeyPolicy as PolicyDocument).Statement.filter(
      ({ Effect, Principal, Condition }) =>
        Effect === "Allow" &&
        JSON.stringify(Principal).includes('"Service"') &&
        !/SourceAccount|EncryptionContext/.test(JSON.stringify(Condition ?? {})),
    ).map(() => path),
  );
