import { CfnOutput } from "aws-cdk-lib";
import {
  CfnStage,
  HttpApi as GatewayApi,
  HttpMethod,
  HttpRoute,
  type HttpRouteIntegration,
  HttpRouteKey,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpJwtAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { stageThrottle } from "../shared/api/gateway-error.ts";
import { type Audience, audiences, type Route, routeKeyOf } from "../shared/api/route.ts";
import { acknowledge } from "./acknowledge.ts";
import { DeploymentStack } from "./deployment-stack.ts";

/** The one table of routes, whose tokens are trusted, and the function of each audience. */
export interface HttpApiProps {
  readonly table: readonly Route[];
  readonly issuer: string;
  readonly clientIds: readonly string[];
  readonly functions: Readonly<Record<Audience, IFunction>>;
}

/** API Gateway's HTTP API: the table's rows, each to the function of its audience, with the scopes it asks for. */
export class HttpApi extends Construct {
  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    const api = new GatewayApi(this, "Gateway", { description: "Countersign" });
    const jwtAudience = [...props.clientIds];
    const authorizer = new HttpJwtAuthorizer("Tokens", props.issuer, { jwtAudience });
    const integrations = new Map<Audience, HttpRouteIntegration>(
      audiences.map((audience) => {
        const options = { scopePermissionToRoute: false };
        const lambda = props.functions[audience];
        return [audience, new HttpLambdaIntegration(audience, lambda, options)];
      }),
    );
    for (const row of props.table) {
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
      integration: new HttpLambdaIntegration("unrouted", props.functions.published, {
        scopePermissionToRoute: false,
      }),
    });
    acknowledge(unrouted, "AwsSolutions-APIG4", unroutedReason);
    logAccess(this, api);
    new CfnOutput(this, "Url", { value: api.apiEndpoint });
  }
}

const openReason =
  "Checkpoints, hash tiles, proofs and health are for anyone: they hold no personal data, and verifying asks nobody.";

const unroutedReason =
  "It only says 404, or 405 with Allow, in the words of every other answer; it reads no token and no data.";

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
