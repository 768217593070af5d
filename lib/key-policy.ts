import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Key } from "aws-cdk-lib/aws-kms";

/** What a service does with a key of ours on our behalf; each by its own name, none by a wildcard. */
const use = [
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
] as const;

/** Lets an AWS service use `key` under `conditions`, which must tie it to what is ours. */
export function admitService(
  key: Key,
  service: string,
  conditions: Readonly<Record<string, object>>,
  more: readonly string[] = [],
): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(service)],
      actions: [...use, ...more],
      resources: ["*"],
      conditions: { ...conditions },
    }),
  );
}
