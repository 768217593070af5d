import type { Key } from "aws-cdk-lib/aws-kms";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { acknowledgeUnrotated } from "./acknowledge.ts";
import { DeploymentStack } from "./deployment-stack.ts";

/** The token that the screening provider asks for: a secret whose value you put in. */
export class ScreeningToken extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, encryptionKey: Key) {
    super(scope, id);
    this.secret = new Secret(this, "Secret", {
      description: "Countersign: the token of the screening provider; put its value here",
      encryptionKey,
      removalPolicy: DeploymentStack.of(this).kept,
    });
    acknowledgeUnrotated(
      this.secret,
      "The provider issues the token, so only the provider can rotate it; a new value is in force within five minutes.",
    );
  }
}
