import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { DeploymentStack } from "./deployment-stack.ts";

/** The token that the screening provider asks for: a secret whose value you put in. */
export class ScreeningToken extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.secret = new Secret(this, "Secret", {
      description: "Countersign: the token of the screening provider; put its value here",
      removalPolicy: DeploymentStack.of(this).kept,
    });
    acknowledge(
      this.secret,
      "AwsSolutions-SMG4",
      "The provider issues the token, so only the provider can rotate it; a new value is in force within five minutes.",
    );
  }
}
