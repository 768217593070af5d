import { fileURLToPath } from "node:url";
import { Duration } from "aws-cdk-lib";
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Runtime } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource, type SqsEventSourceProps } from "aws-cdk-lib/aws-lambda-event-sources";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { bundle } from "../functions/bundle.ts";
import { type FunctionName, type Need, needs } from "../functions/needs.ts";
import { acknowledgeParts } from "./acknowledge.ts";
import { DeploymentStack } from "./deployment-stack.ts";
import { type Places, statementsOf } from "./grants.ts";
import { type Implied, implied, impliedByObjects } from "./implied.ts";

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
  /** The key that closes the objects it works on, where one of ours does. */
  readonly objectsKeyArn?: string;
  readonly timeout?: Duration;
  readonly memoryMiB?: number;
  /** A folder of the house copied beside the bundle. */
  readonly besides?: string;
}

/** One Lambda function: its bundle, its own role with its needs and what they imply, its log group. */
export class PlatformFunction<
  const Names extends readonly string[] = readonly string[],
  const Env extends EnvOf<Names> = EnvOf<Names>,
> extends Construct {
  readonly lambda: NodejsFunction;
  readonly role: Role;
  readonly service: FunctionName;
  readonly #policy: ManagedPolicy;

  constructor(scope: Construct, id: string, props: PlatformFunctionProps<Names, Env>) {
    super(scope, id);
    this.service = props.name;
    const stack = DeploymentStack.of(this);
    const needed: readonly Need[] = needs[props.name];
    const statements = statementsOf(needed, props.places);
    this.role = new Role(this, "Role", {
      roleName: stack.names.role(props.name),
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    });
    const roles = [this.role];
    this.#policy = new ManagedPolicy(this, "Policy", { roles, statements, path: "/countersign/" });
    const logGroup = stack.logs(this, "Logs");
    this.#imply("logs", logGroup.logGroupArn);
    this.#imply("failedCalls", stack.failedCalls.queueArn);
    for (const name of impliedByObjects(needed)) {
      if (props.objectsKeyArn === undefined) throw new Error("bug: no key is given for objects");
      this.#imply(name, props.objectsKeyArn);
    }
    this.lambda = new NodejsFunction(this, "Function", {
      description: `Countersign: ${props.name}`,
      entry: `${house}functions/${props.name}/handler.ts`,
      projectRoot: house,
      depsLockFilePath: `${house}package-lock.json`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMiB ?? 512,
      timeout: props.timeout ?? Duration.seconds(29),
      role: this.role.withoutPolicyUpdates(),
      logGroup,
      deadLetterQueue: stack.failedCalls,
      environment: { ...props.env },
      bundling: bundling(props.besides),
    });
    acknowledgeParts(this.#policy, statements);
  }

  /** Has Lambda call it with what lies in `queue`. */
  readsFrom(queue: Queue, props: SqsEventSourceProps): void {
    this.#imply("woken", queue.queueArn);
    this.lambda.addEventSource(new SqsEventSource(queue, props));
  }

  #imply(name: Implied, arn: string): void {
    const actions = [...implied[name].actions];
    this.#policy.addStatements(new PolicyStatement({ actions, resources: [arn] }));
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
