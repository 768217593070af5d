import { CfnOutput, RemovalPolicy } from "aws-cdk-lib";
import { CfnCluster } from "aws-cdk-lib/aws-dsql";
import { Construct } from "constructs";

/** The database roles of the migrations, and `admin`, which only migrations use. */
export type DatabaseRole =
  | "countersign_app"
  | "countersign_sequencer"
  | "countersign_publisher"
  | "countersign_auditor"
  | "countersign_eraser"
  | "admin";

/** Aurora DSQL: multi-AZ, no network of its own, kept when the stack goes. */
export class Database extends Construct {
  readonly arn: string;
  readonly #endpoint: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const cluster = new CfnCluster(this, "Cluster", { deletionProtectionEnabled: true });
    cluster.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.arn = cluster.attrResourceArn;
    this.#endpoint = cluster.attrEndpoint;
    new CfnOutput(this, "Endpoint", { value: this.#endpoint });
  }

  /** The DATABASE_URL of a function that connects as `role`. */
  url(role: DatabaseRole): string {
    return `dsql://${role}@${this.#endpoint}`;
  }
}
