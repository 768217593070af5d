import { AccountRootPrincipal, ManagedPolicy, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { DeploymentStack } from "./deployment-stack.ts";

/** The one role that may end a signing key: taken by a person with a second factor, for an hour, and seen in CloudTrail by its name. */
export class BreakGlass extends Construct {
  constructor(scope: Construct, id: string, keyArns: readonly string[]) {
    super(scope, id);
    const role = new Role(this, "Role", {
      roleName: DeploymentStack.of(this).names.role("break-glass"),
      description: "Countersign: ends signing keys, and nothing else",
      assumedBy: new AccountRootPrincipal().withConditions({
        Bool: { "aws:MultiFactorAuthPresent": "true" },
      }),
    });
    new ManagedPolicy(this, "Policy", {
      roles: [role],
      path: "/countersign/",
      statements: [
        new PolicyStatement({
          actions: ["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DescribeKey"],
          resources: [...keyArns],
        }),
      ],
    });
  }
}
