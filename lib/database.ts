import { CfnOutput } from "aws-cdk-lib";
import { CfnCluster } from "aws-cdk-lib/aws-dsql";
import { AccountPrincipal, PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import type { DatabaseRole } from "./connections.ts";
import { DeploymentStack } from "./deployment-stack.ts";
import { admitService } from "./key-policy.ts";

/** Aurora DSQL: multi-AZ, no network of its own, closed under a key of ours. */
export class Database extends Construct {
  readonly arn: string;
  readonly id: string;
  readonly #endpoint: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = DeploymentStack.of(this);
    const key = new Key(this, "Key", {
      description: "Countersign: closes the database",
      enableKeyRotation: true,
      removalPolicy: stack.kept,
    });
    const ours = { StringEquals: { "aws:SourceAccount": stack.account } };
    admitService(key, "dsql.amazonaws.com", ours, ["kms:CreateGrant"]);
    const cluster = new CfnCluster(this, "Cluster", {
      deletionProtectionEnabled: stack.deletionProtection,
      kmsEncryptionKey: key.keyArn,
    });
    cluster.applyRemovalPolicy(stack.kept);
    this.arn = cluster.attrResourceArn;
    this.id = cluster.attrIdentifier;
    this.#endpoint = cluster.attrEndpoint;
    if (stack.settings.accounts) cluster.policyDocument = stack.toJsonString(signerMayRead(stack));
    new CfnOutput(this, "Endpoint", { value: this.#endpoint });
    new CfnOutput(this, "Id", { value: cluster.attrIdentifier });
  }

  /** The DATABASE_URL of a function that connects as `role`. */
  url(role: DatabaseRole): string {
    return databaseUrl(role, this.#endpoint);
  }
}

export const databaseUrl = (role: DatabaseRole, endpoint: string): string =>
  `dsql://${role}@${endpoint}`;

/** The signer in its own account connects as one role of the database; by its role's name, for it comes later. */
function signerMayRead({ names }: DeploymentStack): object {
  const statement = new PolicyStatement({
    principals: [new AccountPrincipal(names.signerAccount)],
    actions: ["dsql:DbConnect"],
    resources: ["*"],
    conditions: { ArnEquals: { "aws:PrincipalArn": names.roleArn("signer") } },
  });
  return new PolicyDocument({ statements: [statement] }).toJSON();
}
