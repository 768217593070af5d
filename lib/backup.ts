import { Duration } from "aws-cdk-lib";
import {
  BackupPlan,
  BackupPlanRule,
  BackupResource,
  BackupVault,
  type BackupVaultProps,
} from "aws-cdk-lib/aws-backup";
import { Schedule } from "aws-cdk-lib/aws-events";
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { DeploymentStack } from "./deployment-stack.ts";

/** How long a backup of the database is kept: data keys are in none, so what was erased opens in none of them either. */
export const keptDays = 35;
const lockedDays = 7;

/**
 * The database, every night, in a vault under a key of its own. In production nobody deletes from it, and it is locked for good three days after it was made: no backup
 * goes before its time, whoever asks.
 */
export class Backup extends Construct {
  constructor(scope: Construct, id: string, databaseArn: string) {
    super(scope, id);
    const { kept, names, settings } = DeploymentStack.of(this);
    const encryptionKey = new Key(this, "Key", {
      description: "Countersign: closes backups of the database",
      enableKeyRotation: true,
      removalPolicy: kept,
    });
    const lockConfiguration: BackupVaultProps["lockConfiguration"] = {
      minRetention: Duration.days(lockedDays),
      maxRetention: Duration.days(keptDays),
      changeableFor: Duration.days(3),
    };
    const backupVault = new BackupVault(this, "Vault", {
      backupVaultName: names.ours("backups"),
      encryptionKey,
      blockRecoveryPointDeletion: settings.stage === "prod",
      removalPolicy: kept,
      ...(settings.stage === "prod" ? { lockConfiguration } : {}),
    });
    const plan = new BackupPlan(this, "Plan", { backupVault });
    plan.addRule(
      new BackupPlanRule({
        ruleName: "nightly",
        scheduleExpression: Schedule.cron({ hour: "2", minute: "0" }),
        startWindow: Duration.hours(1),
        completionWindow: Duration.hours(6),
        deleteAfter: Duration.days(keptDays),
      }),
    );
    plan.addSelection("Database", {
      role: backupRole(this, databaseArn),
      resources: [BackupResource.fromArn(databaseArn)],
      disableDefaultBackupPolicy: true,
    });
  }
}

/** Takes backups and restores none: who restores brings a role for that. */
function backupRole(scope: Construct, databaseArn: string): Role {
  const role = new Role(scope, "Role", { assumedBy: new ServicePrincipal("backup.amazonaws.com") });
  new ManagedPolicy(scope, "Policy", {
    roles: [role],
    path: "/countersign/",
    statements: [
      new PolicyStatement({
        actions: ["dsql:StartBackupJob", "dsql:GetBackupJob", "dsql:StopBackupJob"],
        resources: [databaseArn],
      }),
    ],
  });
  return role;
}
