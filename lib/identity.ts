import { CfnOutput, Duration } from "aws-cdk-lib";
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StandardThreatProtectionMode,
  UserPool,
  type UserPoolClient,
} from "aws-cdk-lib/aws-cognito";
import { Construct } from "constructs";
import { type Role, roles, type Scope, scopes, scopesOfRole } from "../shared/api/role.ts";
import { DeploymentStack } from "./deployment-stack.ts";

const server = "countersign";
const scopeName = (scope: Scope): string => scope.slice(server.length + 1);

/** Who people and machines are. What they may do where is in our own table of principals; a scope only opens a route. */
export class Identity extends Construct {
  readonly pool: UserPool;
  readonly issuer: string;
  readonly clients: readonly UserPoolClient[];

  constructor(scope: Construct, id: string, { callbackUrl }: { readonly callbackUrl: string }) {
    super(scope, id);
    this.pool = userPool(this);
    this.issuer = this.pool.userPoolProviderUrl;
    const { names } = DeploymentStack.of(this);
    // Without a domain the pool has no endpoint that gives a token for a code or a client's secret.
    const domain = this.pool.addDomain("Domain", {
      cognitoDomain: { domainPrefix: names.signIn },
    });
    new CfnOutput(this, "SignInUrl", { value: domain.baseUrl() });
    for (const groupName of roles) {
      new CfnUserPoolGroup(this, `Group-${groupName}`, {
        userPoolId: this.pool.userPoolId,
        groupName,
      });
    }
    const own = scopes.map((one) => ({
      scopeName: scopeName(one),
      scopeDescription: `Countersign ${scopeName(one)}`,
    }));
    const resources = this.pool.addResourceServer("Api", { identifier: server, scopes: own });
    const asked = (role: Role) =>
      scopesOfRole[role].map((one) => {
        const named = new ResourceServerScope({
          scopeName: scopeName(one),
          scopeDescription: one,
        });
        return OAuthScope.resourceServer(resources, named);
      });
    const staff: readonly Role[] = ["adjuster", "releaser", "underwriter", "auditor", "operator"];
    this.clients = [
      personClient(this.pool, "Claimants", asked("claimant"), callbackUrl),
      personClient(this.pool, "Staff", staff.flatMap(asked), callbackUrl),
      this.pool.addClient("Intakes", {
        generateSecret: true,
        authFlows: {},
        oAuth: { flows: { clientCredentials: true }, scopes: asked("intake") },
        accessTokenValidity: Duration.hours(1),
      }),
    ];
  }
}

const userPool = (scope: Construct): UserPool =>
  new UserPool(scope, "Pool", {
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    mfa: Mfa.REQUIRED,
    mfaSecondFactor: { otp: true, sms: false },
    passwordPolicy: {
      minLength: 12,
      requireDigits: true,
      requireLowercase: true,
      requireUppercase: true,
      requireSymbols: true,
    },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    featurePlan: FeaturePlan.PLUS,
    standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
    deletionProtection: DeploymentStack.of(scope).deletionProtection,
    removalPolicy: DeploymentStack.of(scope).kept,
  });

const personClient = (pool: UserPool, id: string, asked: OAuthScope[], callbackUrl: string) =>
  pool.addClient(id, {
    generateSecret: false,
    preventUserExistenceErrors: true,
    authFlows: { userSrp: true },
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID, ...new Map(asked.map((one) => [one.scopeName, one])).values()],
      callbackUrls: [callbackUrl],
    },
    accessTokenValidity: Duration.minutes(15),
  });
