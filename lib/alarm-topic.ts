import { Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Subscription, SubscriptionProtocol, Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";

/** Where alarms are told: a topic under a key of its own, for CloudWatch can't use SNS's; an address subscribes by confirming a mail. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, email: string | undefined) {
    super(scope, id);
    const masterKey = new Key(this, "Key", {
      description: "Countersign: closes alarms on their way",
      enableKeyRotation: true,
    });
    this.topic = new Topic(this, "Topic", { masterKey, enforceSSL: true });
    const cloudWatch = {
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
    };
    masterKey.addToResourcePolicy(
      new PolicyStatement({
        ...cloudWatch,
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        resources: ["*"],
      }),
    );
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        ...cloudWatch,
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
      }),
    );
    if (email !== undefined) {
      new Subscription(this, "Email", {
        topic: this.topic,
        protocol: SubscriptionProtocol.EMAIL,
        endpoint: email,
      });
    }
  }
}
