import { Key } from "aws-cdk-lib/aws-kms";
import { CfnLedger } from "aws-cdk-lib/aws-qldb";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { DeploymentStack } from "./deployment-stack.ts";
import { admitService } from "./key-policy.ts";

const ended =
  "Asked for by -c ledger=qldb, which exists to read and verify archived journals: AWS ended QLDB on 2025-07-31, so this template synthesises and no account can deploy it.";

/** The ledger the project's card names, in place of the tlog sequencer: one table per insurer in it. */
export class QldbLedger extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { account, deletionProtection, kept, names } = DeploymentStack.of(this);
    const key = new Key(this, "Key", {
      description: "Countersign: closes the ledger",
      enableKeyRotation: true,
      removalPolicy: kept,
    });
    const ours = { StringEquals: { "aws:SourceAccount": account } };
    admitService(key, "qldb.amazonaws.com", ours, ["kms:CreateGrant"]);
    const ledger = new CfnLedger(this, "Ledger", {
      name: names.ours("ledger"),
      permissionsMode: "STANDARD",
      deletionProtection,
      kmsKey: key.keyArn,
    });
    ledger.applyRemovalPolicy(kept);
    acknowledge(ledger, "CloudFormation-Validate::E3710", ended);
  }
}
