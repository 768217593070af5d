import { ArnFormat } from "aws-cdk-lib";
import { CfnLoggingConfiguration, CfnWebACL } from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";
import { DeploymentStack } from "./deployment-stack.ts";
import { logFilePattern } from "./edge-paths.ts";

/** How many requests of five minutes one address may make of the API: thirty-three a second, of the thousand that the API lets pass for all. Files of a log are not counted: an auditor fetches all of them. */
export const requestsPerAddress = 10_000;

/**
 * What the common rules only count. Bodies are JSON that strict schemas read, up to 64 KiB: a person's own words or a rule pack may hold what looks like an
 * attack on some other program. A machine need not say which program it is.
 */
const counted = [
  "SizeRestrictions_BODY",
  "CrossSiteScripting_BODY",
  "GenericLFI_BODY",
  "GenericRFI_BODY",
  "EC2MetaDataSSRF_BODY",
  "NoUserAgent_HEADER",
];

const managed: readonly (readonly [name: string, countedRules: readonly string[]])[] = [
  ["AWSManagedRulesAmazonIpReputationList", []],
  ["AWSManagedRulesKnownBadInputsRuleSet", []],
  ["AWSManagedRulesCommonRuleSet", counted],
];

const visible = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
  metricName,
});

/** What stands before everything: AWS's lists of bad addresses and bad requests, and a limit for each address. */
export class WebFirewall extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { edge } = DeploymentStack.of(this).names;
    const acl = new CfnWebACL(this, "Acl", {
      name: edge,
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      visibilityConfig: visible(edge),
      rules: [...managed.map(managedRule), rateRule(managed.length)],
    });
    this.arn = acl.attrArn;
    logBlocked(this, acl);
  }
}

const managedRule = (
  [name, countedRules]: (typeof managed)[number],
  priority: number,
): CfnWebACL.RuleProperty => ({
  name,
  priority,
  overrideAction: { none: {} },
  visibilityConfig: visible(name),
  statement: {
    managedRuleGroupStatement: {
      vendorName: "AWS",
      name,
      ruleActionOverrides: countedRules.map((rule) => ({
        name: rule,
        actionToUse: { count: {} },
      })),
    },
  },
});

const rateRule = (priority: number): CfnWebACL.RuleProperty => ({
  name: "RequestsPerAddress",
  priority,
  action: { block: {} },
  visibilityConfig: visible("RequestsPerAddress"),
  statement: {
    rateBasedStatement: {
      limit: requestsPerAddress,
      aggregateKeyType: "IP",
      scopeDownStatement: {
        notStatement: {
          statement: {
            regexMatchStatement: {
              regexString: logFilePattern,
              fieldToMatch: { uriPath: {} },
              textTransformations: [{ priority: 0, type: "NONE" }],
            },
          },
        },
      },
    },
  },
});

/** One line for each request that was blocked: its address, which has to be known, and the rule; no token, path or query, which name persons and claims. */
function logBlocked(scope: Construct, acl: CfnWebACL): void {
  const stack = DeploymentStack.of(scope);
  // WAF takes only groups of this prefix.
  const logGroupName = `aws-waf-logs-${stack.names.edge}`;
  const logs = stack.logs(scope, "Blocked", logGroupName);
  const configuration = new CfnLoggingConfiguration(scope, "Logging", {
    resourceArn: acl.attrArn,
    logDestinationConfigs: [
      stack.formatArn({
        service: "logs",
        resource: "log-group",
        resourceName: logGroupName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
    redactedFields: [
      { singleHeader: { Name: "authorization" } },
      { uriPath: {} },
      { queryString: {} },
    ],
    loggingFilter: {
      DefaultBehavior: "DROP",
      Filters: [
        {
          Behavior: "KEEP",
          Requirement: "MEETS_ANY",
          Conditions: [{ ActionCondition: { Action: "BLOCK" } }],
        },
      ],
    },
  });
  configuration.node.addDependency(logs);
}
