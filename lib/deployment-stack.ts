import { RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { type IKey, Key } from "aws-cdk-lib/aws-kms";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { deadLetters } from "./dead-letters.ts";
import { admitService } from "./key-policy.ts";
import { Names } from "./names.ts";
import type { Settings } from "./settings.ts";

/** Where a stack lies: always in a known region, and in a known account where there are two. */
export const envOf = (region: string, account: string | undefined): StackProps => ({
  env: { region, ...(account === undefined ? {} : { account }) },
});

/** What every stack of a deployment has: its settings, the names that follow from them, a key for its logs, and a place for calls that failed. */
export abstract class DeploymentStack extends Stack {
  readonly settings: Settings;
  readonly names: Names;
  #logsKey: Key | undefined;
  #failedCalls: Queue | undefined;

  constructor(scope: Construct, id: string, settings: Settings, props: StackProps) {
    super(scope, id, {
      stackName: new Names(settings).ours(id.replace("Countersign", "").toLowerCase()),
      terminationProtection: settings.stage === "prod",
      ...props,
    });
    this.settings = settings;
    this.names = new Names(settings);
  }

  /** The stack of a construct. */
  static override of(construct: Construct): DeploymentStack {
    const stack = Stack.of(construct);
    if (stack instanceof DeploymentStack) return stack;
    throw new Error("bug: it stands in no stack of a deployment");
  }

  /** What records, keys and logs do when their stack goes: they stay, but in dev. */
  get kept(): RemovalPolicy {
    return this.settings.stage === "prod" ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  }

  get deletionProtection(): boolean {
    return this.settings.stage === "prod";
  }

  /** Asynchronous calls that failed for good, of any function of the stack. */
  get failedCalls(): Queue {
    this.#failedCalls ??= deadLetters(this, "FailedCalls");
    return this.#failedCalls;
  }

  /** A log group of `scope`, closed under the stack's key and kept one year. */
  logs(scope: Construct, id: string, logGroupName?: string): LogGroup {
    return new LogGroup(scope, id, {
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: this.kept,
      encryptionKey: this.#keyOfLogs(),
      ...(logGroupName === undefined ? {} : { logGroupName }),
    });
  }

  #keyOfLogs(): IKey {
    if (this.#logsKey === undefined) {
      this.#logsKey = new Key(this, "LogsKey", {
        description: "Countersign: closes logs",
        enableKeyRotation: true,
        removalPolicy: this.kept,
      });
      admitService(this.#logsKey, `logs.${this.region}.amazonaws.com`, {
        ArnLike: {
          "kms:EncryptionContext:aws:logs:arn": this.formatArn({
            service: "logs",
            resource: "*",
          }),
        },
      });
    }
    return this.#logsKey;
  }
}
