import { ArnFormat } from "aws-cdk-lib";
import type { Distribution } from "aws-cdk-lib/aws-cloudfront";
import { CfnDelivery, CfnDeliveryDestination, CfnDeliverySource } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { DeploymentStack } from "./deployment-stack.ts";

/** What a line says: no address, path, query, cookie or program of the caller. */
export const loggedFields = [
  "date",
  "time",
  "x-edge-location",
  "x-edge-request-id",
  "x-edge-result-type",
  "cs-method",
  "sc-status",
  "sc-bytes",
  "time-taken",
  "ssl-protocol",
] as const;

/** One line for each request of a distribution, kept as long as all logs here. */
export class EdgeLogs extends Construct {
  constructor(scope: Construct, id: string, { distributionArn }: Distribution) {
    super(scope, id);
    const stack = DeploymentStack.of(this);
    const { edge } = stack.names;
    const group = stack.logs(this, "Requests");
    const source = new CfnDeliverySource(this, "Source", {
      name: edge,
      logType: "ACCESS_LOGS",
      resourceArn: distributionArn,
    });
    const destination = new CfnDeliveryDestination(this, "Destination", {
      name: edge,
      deliveryDestinationType: "CWL",
      destinationResourceArn: stack.formatArn({
        service: "logs",
        resource: "log-group",
        resourceName: group.logGroupName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      outputFormat: "json",
    });
    new CfnDelivery(this, "Delivery", {
      deliverySourceName: source.ref,
      deliveryDestinationArn: destination.attrArn,
      recordFields: [...loggedFields],
    });
  }
}
