import { Duration } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Subscription, SubscriptionProtocol, Topic } from "aws-cdk-lib/aws-sns";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { closedQueue } from "./dead-letters.ts";
import { DeploymentStack } from "./deployment-stack.ts";
import { admitService } from "./key-policy.ts";

const cloudWatch = "cloudwatch.amazonaws.com";

/** Where alarms are told: a topic under a key of its own, for CloudWatch can't use SNS's; an address subscribes by confirming a mail. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = DeploymentStack.of(this);
    const { account, kept, settings } = stack;
    const masterKey = new Key(this, "Key", {
      description: "Countersign: closes alarms on their way",
      enableKeyRotation: true,
      removalPolicy: kept,
    });
    this.topic = new Topic(this, "Topic", { masterKey, enforceSSL: true });
    const ours = { StringEquals: { "aws:SourceAccount": account } };
    admitService(masterKey, cloudWatch, ours);
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal(cloudWatch)],
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions: ours,
      }),
    );
    if (settings.alarmEmail !== undefined) {
      // As any queue it has dead letters of its own: what is looked at three times and left joins the calls that failed.
      const undelivered = new Queue(this, "Undelivered", {
        ...closedQueue,
        retentionPeriod: Duration.days(14),
        deadLetterQueue: { queue: stack.failedCalls, maxReceiveCount: 3 },
      });
      new Subscription(this, "Email", {
        topic: this.topic,
        protocol: SubscriptionProtocol.EMAIL,
        endpoint: settings.alarmEmail,
        deadLetterQueue: undelivered,
      });
    }
  }
}
