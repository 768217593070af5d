import { Aws, CfnOutput } from "aws-cdk-lib";
import {
  CfnStage,
  DomainName,
  HttpApi as GatewayApi,
  type HttpApiProps as GatewayProps,
  HttpMethod,
  HttpRoute,
  type HttpRouteIntegration,
  HttpRouteKey,
  SecurityPolicy,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpJwtAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { stageThrottle } from "../shared/api/gateway-error.ts";
import {
  type AnsweredAudience,
  answeredAudiences,
  type Route,
  routeKeyOf,
} from "../shared/api/route.ts";
import { acknowledge } from "./acknowledge.ts";
import { DeploymentStack } from "./deployment-stack.ts";

/** The one table of routes, whose tokens are trusted, the function of each audience, and that of what no route takes. */
export interface HttpApiProps {
  readonly table: readonly Route[];
  readonly issuer: string;
  readonly clientIds: readonly string[];
  readonly functions: Readonly<Record<AnsweredAudience | "unrouted", IFunction>>;
}

/** API Gateway's HTTP API: the table's rows, each to the function of its audience, with the scopes it asks for. Files of a log are the edge's. */
export class HttpApi extends Construct {
  /** The name by which the edge asks it. */
  readonly host: string;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    const { settings } = DeploymentStack.of(this);
    const api = new GatewayApi(this, "Gateway", { description: "Countersign", ...named(this) });
    const jwtAudience = [...props.clientIds];
    const authorizer = new HttpJwtAuthorizer("Tokens", props.issuer, { jwtAudience });
    const integrations = new Map<string, HttpRouteIntegration>(
      answeredAudiences.map((audience) => {
        const options = { scopePermissionToRoute: false };
        const lambda = props.functions[audience];
        return [audience, new HttpLambdaIntegration(audience, lambda, options)];
      }),
    );
    for (const row of props.table.filter(({ audience }) => audience !== "published")) {
      const integration = integrations.get(row.audience);
      if (!integration) throw new Error(`bug: nothing answers ${routeKeyOf(row)}`);
      const open = row.scopes.length === 0;
      const [route] = api.addRoutes({
        path: row.path,
        methods: [HttpMethod[row.method]],
        integration,
        ...(open ? {} : { authorizer, authorizationScopes: [...row.scopes] }),
      });
      if (open && route) acknowledge(route, "AwsSolutions-APIG4", openReason);
    }
    const unrouted = new HttpRoute(this, "Unrouted", {
      httpApi: api,
      routeKey: HttpRouteKey.DEFAULT,
      integration: new HttpLambdaIntegration("unrouted", props.functions.unrouted, {
        scopePermissionToRoute: false,
      }),
    });
    acknowledge(unrouted, "AwsSolutions-APIG4", unroutedReason);
    logAccess(this, api);
    this.host =
      settings.domain?.origin ?? `${api.apiId}.execute-api.${settings.region}.${Aws.URL_SUFFIX}`;
    new CfnOutput(this, "Host", { value: this.host });
  }
}

const openReason =
  "Proofs and health are for anyone: they hold no personal data, and verifying asks nobody.";

const unroutedReason =
  "It only says 404, or 405 with Allow, in the words of every other answer; it reads no token and no data.";

/** Where there is a name of our own, the API has no other: not the one that AWS gives, which everybody could ask. */
function named(scope: Construct): GatewayProps {
  const { domain } = DeploymentStack.of(scope).settings;
  if (domain === undefined) return {};
  const domainName = new DomainName(scope, "Origin", {
    domainName: domain.origin,
    certificate: Certificate.fromCertificateArn(scope, "Certificate", domain.originCertificate),
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
  new CfnOutput(scope, "OriginTarget", { value: domainName.regionalDomainName });
  return { disableExecuteApiEndpoint: true, defaultDomainMapping: { domainName } };
}

/** One line per request, without the path (it names claims), the caller or an address; and a limit for the stage. */
function logAccess(scope: Construct, api: GatewayApi): void {
  const stage = api.defaultStage?.node.defaultChild;
  if (!(stage instanceof CfnStage)) throw new Error("bug: the API has its default stage");
  const logs = DeploymentStack.of(scope).logs(scope, "AccessLogs");
  stage.accessLogSettings = {
    destinationArn: logs.logGroupArn,
    format: JSON.stringify({
      requestId: "$context.requestId",
      route: "$context.routeKey",
      status: "$context.status",
      latencyMs: "$context.responseLatency",
      error: "$context.integrationErrorMessage",
    }),
  };
  stage.defaultRouteSettings = {
    throttlingBurstLimit: stageThrottle.burst,
    throttlingRateLimit: stageThrottle.perSecond,
  };
}
