import { type App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, HIPAASecurityChecks, ServerlessChecks } from "cdk-nag";
import { EdgeStack } from "./edge-stack.ts";
import { FailoverStack } from "./failover-stack.ts";
import { PlatformStack } from "./platform-stack.ts";
import type { Settings } from "./settings.ts";
import { clusterById, clusterOf, SignerStack } from "./signer-stack.ts";

/** The packs of rules that cdk-nag holds the stacks to. */
export const rulePacks = [AwsSolutionsChecks, ServerlessChecks, HIPAASecurityChecks] as const;

/** The app as it is deployed: its stacks, of which cdk-nag has to find nothing. */
export function buildApp(app: App, settings: Settings): void {
  Validations.of(app).addPlugins(...rulePacks.map((Pack) => new Pack(app)));
  addStacks(app, settings);
}

/** The stacks in the order of the walk, the edge last. */
export function addStacks(app: App, settings: Settings): void {
  const { failoverRegion } = settings;
  const platform = new PlatformStack(app, "CountersignPlatform", settings);
  if (failoverRegion !== undefined) {
    const failover = new FailoverStack(app, "CountersignFailover", settings, failoverRegion);
    // S3 asks for the bucket that it copies to, which the platform knows by its name.
    platform.addStackDependency(failover);
  }
  addSigner(app, settings, platform);
  const edge = new EdgeStack(app, "CountersignEdge", settings, platform.api.host);
  // It reads the platform's secret by its name, which no reference tells.
  edge.addStackDependency(platform);
}

function addSigner(app: App, settings: Settings, platform: PlatformStack): void {
  // With the qldb engine there is no tlog to sign.
  if (settings.ledger === "qldb") return;
  const { accounts } = settings;
  // In its own account the signer waits until it is told which cluster the platform made.
  if (accounts !== undefined && accounts.cluster === undefined) return;
  const reads = accounts?.cluster
    ? clusterById(settings, accounts.platform, accounts.cluster)
    : clusterOf(platform.foundation.database);
  new SignerStack(app, "CountersignSigner", settings, reads);
}
