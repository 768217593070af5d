import { CfnOutput, Duration, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { names } from "../functions/migrate/env.ts";
import type { Database, DatabaseRole } from "./database.ts";
import { PlatformFunction } from "./platform-function.ts";

/** Which IAM roles may connect as which database role. */
export type Connections = Readonly<Partial<Record<DatabaseRole, readonly string[]>>>;

/** The only function that connects as admin, and last because it knows every role: an operator invokes it after a deploy. */
export class MigrationStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    database: Database,
    connections: Connections,
    props: StackProps = {},
  ) {
    super(scope, id, props);
    const { lambda } = new PlatformFunction(this, "Migrate", {
      name: "migrate",
      names,
      env: {
        DATABASE_URL: database.url("admin"),
        DATABASE_ROLES: this.toJsonString(connections),
      },
      places: { database: database.arn },
      timeout: Duration.minutes(10),
      besides: "functions/adapters/postgres/migrations",
    });
    new CfnOutput(this, "Function", { value: lambda.functionName });
  }
}
