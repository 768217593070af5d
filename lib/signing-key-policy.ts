import { Aws } from "aws-cdk-lib";
import {
  AccountPrincipal,
  AnyPrincipal,
  Effect,
  PolicyDocument,
  PolicyStatement,
} from "aws-cdk-lib/aws-iam";
import type { DeploymentStack } from "./deployment-stack.ts";
import { signing } from "./grants.ts";

/** What an administrator of the signer's account may do with a signing key, by IAM: keep it, not use it. */
const keeping = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:DeleteAlias",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:EnableKey",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:GetPublicKey",
  "kms:ListGrants",
  "kms:ListKeyPolicies",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:ReplicateKey",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
  "kms:UpdatePrimaryRegion",
];

/** Ends a key, or makes it useless to its log. */
const ending = ["kms:ScheduleKeyDeletion", "kms:DisableKey"];

/** Who asks the signer's keys for their public halves: functions of the platform. */
const readers = ["publisher", "operator", "self-audit", "eraser"] as const;

/**
 * The policy of a signing key: the signer's role may Sign, RAW and with the key's one algorithm, and all others are denied it; deletion is denied to all but
 * the break-glass role, in dev also to the deployment, which destroys what it made; public keys are the platform's to read. Grants, which reach past this, can't be made: nobody is allowed CreateGrant.
 */
export function signingKeyPolicy(
  { names, settings }: DeploymentStack,
  type: "ed25519" | "mldsa44",
): PolicyDocument {
  const own = new AccountPrincipal(names.signerAccount);
  const signer = names.roleArn("signer");
  const execution = `arn:${Aws.PARTITION}:iam::${names.signerAccount}:role/cdk-hnb659fds-cfn-exec-role-${names.signerAccount}-${settings.region}`;
  const mayEnd = [names.roleArn("break-glass"), ...(settings.stage === "dev" ? [execution] : [])];
  const is = (arns: string | readonly string[]) => ({ ArnEquals: { "aws:PrincipalArn": arns } });
  const butFor = (arns: string | readonly string[]) => ({
    ArnNotEquals: { "aws:PrincipalArn": arns },
  });
  const raw = signing[type === "ed25519" ? "ed25519Key" : "mldsa44Key"];
  const all = { resources: ["*"] };
  const nobody = { effect: Effect.DENY, principals: [new AnyPrincipal()], ...all };
  return new PolicyDocument({
    statements: [
      new PolicyStatement({ principals: [own], actions: keeping, ...all }),
      new PolicyStatement({
        principals: [own],
        actions: ["kms:Sign"],
        conditions: { ...raw, ...is(signer) },
        ...all,
      }),
      new PolicyStatement({
        principals: [new AccountPrincipal(names.platformAccount)],
        actions: ["kms:GetPublicKey"],
        conditions: is(readers.map((name) => names.roleArn(name))),
        ...all,
      }),
      new PolicyStatement({ ...nobody, actions: ["kms:Sign"], conditions: butFor(signer) }),
      new PolicyStatement({ ...nobody, actions: ending, conditions: butFor(mayEnd) }),
    ],
  });
}
