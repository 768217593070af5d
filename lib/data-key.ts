import { CfnOutput } from "aws-cdk-lib";
import { Key } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { DeploymentStack } from "./deployment-stack.ts";

/** The symmetric master key that wraps every person's data keys; where a region may take over, one that can be had there too. */
export class DataKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { kept, settings } = DeploymentStack.of(this);
    this.key = new Key(this, "Key", {
      description: "Countersign: wraps data keys per insurer, person and class",
      enableKeyRotation: true,
      multiRegion: settings.failoverRegion !== undefined,
      removalPolicy: kept,
    });
    if (settings.failoverRegion !== undefined) {
      new CfnOutput(this, "Arn", { value: this.key.keyArn });
    }
  }
}
