import { CfnOutput, CustomResource, Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import { names } from "../functions/migrate/env.ts";
import { grantedRoles } from "./connections.ts";
import type { Database } from "./database.ts";
import { DeploymentStack } from "./deployment-stack.ts";
import { PlatformFunction } from "./platform-function.ts";
import { migrationSteps, stepsFolder, stepsHash } from "./steps-hash.ts";

/**
 * Brings the database up to date in the deploy itself, before the functions that need it: the one function that connects as admin, invoked by CloudFormation
 * when a step or a granted role changes. A failed step fails the deploy, and the next one goes on from there.
 */
export class Migrations extends Construct {
  constructor(scope: Construct, id: string, database: Database) {
    super(scope, id);
    const stack = DeploymentStack.of(this);
    const { lambda } = new PlatformFunction(this, "Migrate", {
      name: "migrate",
      names,
      env: { DATABASE_URL: database.url("admin") },
      places: { database: database.arn },
      timeout: Duration.minutes(15),
      besides: stepsFolder,
    });
    const { names: known, settings } = stack;
    new CustomResource(this, "Applied", {
      serviceToken: lambda.functionArn,
      serviceTimeout: Duration.minutes(20),
      resourceType: "Custom::Migrations",
      properties: {
        Steps: stepsHash(migrationSteps),
        Roles: stack.toJsonString(grantedRoles(settings.ledger, (name) => known.roleArn(name))),
      },
    });
    new CfnOutput(this, "Function", { value: lambda.functionName });
  }
}
