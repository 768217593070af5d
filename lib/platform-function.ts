import { fileURLToPath } from "node:url";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyDocument, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Runtime } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { bundle } from "../functions/bundle.ts";
import { type FunctionName, needs } from "../functions/needs.ts";
import { acknowledgeObjects } from "./acknowledge.ts";
import { type Places, statementsOf } from "./grants.ts";

const house = fileURLToPath(new URL("..", import.meta.url));

/** The names an env.ts lists, each with its value. */
export type EnvOf<Names extends readonly string[]> = Readonly<Record<Names[number], string>>;

/** `never` for each variable that no env.ts asked for, so that one too many does not compile. */
type NoOther<Env, Names extends readonly string[]> = {
  readonly [Other in Exclude<keyof Env, Names[number]>]: never;
};

/** A function, the variables its env.ts names, and where the targets of its needs lie. */
export interface PlatformFunctionProps<Names extends readonly string[], Env = EnvOf<Names>> {
  readonly name: FunctionName;
  readonly names: Names;
  readonly env: Env & NoOther<Env, NoInfer<Names>>;
  readonly places: Places;
  readonly timeout?: Duration;
  readonly memoryMiB?: number;
  /** A folder of the house copied beside the bundle. */
  readonly besides?: string;
}

/** One Lambda function: its bundle, its own role with its needs only, its log group. */
export class PlatformFunction<
  const Names extends readonly string[],
  const Env extends EnvOf<Names>,
> extends Construct {
  readonly lambda: NodejsFunction;
  readonly role: Role;
  readonly service: FunctionName;

  constructor(scope: Construct, id: string, props: PlatformFunctionProps<Names, Env>) {
    super(scope, id);
    this.service = props.name;
    const statements = statementsOf(needs[props.name], props.places);
    this.role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      inlinePolicies: {
        needs: new PolicyDocument({ statements }),
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
    acknowledgeObjects(this.role, statements);
  }
}

const { alias, ...format } = bundle;
const esbuildArgs = Object.fromEntries(
  Object.entries(alias).map(([name, file]) => [`--alias:${name}`, file]),
);

const bundling = (besides?: string) => ({
  ...format,
  mainFields: [...bundle.mainFields],
  esbuildArgs,
  format: OutputFormat.ESM,
  externalModules: [],
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
