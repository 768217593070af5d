import { type App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { type Connections, MigrationStack } from "./migration-stack.ts";
import { OperationsStack } from "./operations-stack.ts";
import { PlatformStack } from "./platform-stack.ts";
import { PublisherStack } from "./publisher-stack.ts";
import type { Settings } from "./settings.ts";
import { SignerStack } from "./signer-stack.ts";

/** The stacks in the order of the walk; with the qldb engine there is no tlog to sign and publish. */
export function buildApp(app: App, settings: Settings): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const platform = new PlatformStack(app, "CountersignPlatform", settings);
  const { database } = platform.foundation;
  const tlog: Connections = platform.sequencer ? tlogStacks(app, platform, platform.sequencer) : {};
  const { countersign_app: more = [], ...others } = tlog;
  new MigrationStack(app, "CountersignMigration", database, {
    countersign_app: [...platform.appRoleArns, ...more],
    ...others,
  });
}

/** Signer, publisher and operations of the tlog engine; gives who of them connects as whom. */
function tlogStacks(
  app: App,
  { foundation, toPlace }: PlatformStack,
  { toSign, roleArn }: NonNullable<PlatformStack["sequencer"]>,
): Connections {
  const { database, settings } = foundation;
  const signer = new SignerStack(app, "CountersignSigner", settings, { database, toSign });
  const publisher = new PublisherStack(app, "CountersignPublisher", { foundation, signer });
  const from = { foundation, signer, toPlace };
  const { connections } = new OperationsStack(app, "CountersignOperations", from);
  return {
    ...connections,
    countersign_sequencer: [roleArn],
    countersign_publisher: [signer.roleArn, publisher.roleArn],
  };
}
