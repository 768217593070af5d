import { fileURLToPath } from "node:url";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyDocument, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Runtime } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { type FunctionName, type Need, needs } from "../functions/needs.ts";
import { acknowledge } from "./acknowledge.ts";
import { type Places, statementsOf } from "./grants.ts";

const house = fileURLToPath(new URL("..", import.meta.url));

/** The names an env.ts lists, each with its value and no other. */
export type EnvOf<Names extends readonly string[]> = Readonly<Record<Names[number], string>>;

/** A function, the variables its env.ts names, and where the targets of its needs lie. */
export interface PlatformFunctionProps<Names extends readonly string[]> {
  readonly name: FunctionName;
  readonly names: Names;
  readonly env: EnvOf<NoInfer<Names>>;
  readonly places: Places;
  readonly extraNeeds?: readonly Need[];
  readonly timeout?: Duration;
  readonly memoryMiB?: number;
  /** A folder of the house copied beside the bundle. */
  readonly besides?: string;
}

/** One Lambda function: its bundle, its own role with its needs only, its log group. */
export class PlatformFunction<
  const Names extends readonly string[] = readonly string[],
> extends Construct {
  readonly lambda: NodejsFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: PlatformFunctionProps<Names>) {
    super(scope, id);
    const all: readonly Need[] = [...needs[props.name], ...(props.extraNeeds ?? [])];
    this.role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      inlinePolicies: {
        needs: new PolicyDocument({ statements: statementsOf(all, props.places) }),
      },
    });
    const logGroup = new LogGroup(this, "Logs", {
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    logGroup.grantWrite(this.role);
    this.lambda = new NodejsFunction(this, "Function", {
      description: `Countersign: ${props.name}`,
      entry: `${house}functions/${props.name}/handler.ts`,
      projectRoot: house,
      depsLockFilePath: `${house}package-lock.json`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMiB ?? 512,
      timeout: props.timeout ?? Duration.seconds(29),
      role: this.role,
      logGroup,
      environment: { ...props.env },
      bundling: bundling(props.besides),
    });
    if (all.some(({ resource }) => resource === "objects under the prefix")) {
      const reason = "The function works on every object of this one bucket, by key.";
      acknowledge(this.role, "AwsSolutions-IAM5", reason);
    }
  }
}

const requireBanner =
  'import { createRequire as countersignRequire } from "node:module"; const require = countersignRequire(import.meta.url);';

/** An ESM bundle with its SDK inside; the banner gives CommonJS dependencies their `require`. */
const bundling = (besides?: string) => ({
  format: OutputFormat.ESM,
  target: "node24",
  mainFields: ["module", "main"],
  minify: true,
  externalModules: [],
  banner: requireBanner,
  ...(besides === undefined
    ? {}
    : {
        commandHooks: {
          beforeInstall: () => [],
          beforeBundling: () => [],
          afterBundling: (from: string, to: string) => [`cp -R "${from}/${besides}" "${to}"`],
        },
      }),
});
