import { Duration } from "aws-cdk-lib";
import { ManagedPolicy, type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  type EventSourceMappingOptions,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { type FunctionName, type Need, needs } from "../functions/needs.ts";
import { acknowledge, acknowledgeParts } from "./acknowledge.ts";
import { DeploymentStack } from "./deployment-stack.ts";
import { functionCode } from "./function-code.ts";
import { impliedStatement, type Places, statementsOf } from "./grants.ts";
import { closingKeys, type Implied, implied, impliedByObjects } from "./implied.ts";

/** The names an env.ts lists, each with its value. */
export type EnvOf<Names extends readonly string[]> = Readonly<Record<Names[number], string>>;

/** `never` for each variable that no env.ts asked for, so that one too many does not compile. */
type NoOther<Env, Names extends readonly string[]> = {
  readonly [Other in Exclude<keyof Env, Names[number]>]: never;
};

/** The keys that close the objects a function works on, where ours do; that of the signer's store by its alias where the key lies elsewhere. */
interface Keys {
  readonly objectsKeyArn?: string;
  readonly stateKeyArn?: string;
}

/** A function, the variables its env.ts names, and where the targets of its needs lie. */
export interface PlatformFunctionProps<Names extends readonly string[], Env = EnvOf<Names>>
  extends Keys {
  readonly name: FunctionName;
  readonly names: Names;
  readonly env: Env & NoOther<Env, NoInfer<Names>>;
  readonly places: Places;
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
  readonly lambda: LambdaFunction;
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
    const traces = this.#imply("traced", "*");
    const byObjects = this.#implyByObjects(needed, props);
    this.lambda = new LambdaFunction(this, "Function", {
      description: `Countersign: ${props.name}`,
      code: functionCode(this, props.name, props.besides),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMiB ?? 512,
      timeout: props.timeout ?? Duration.seconds(29),
      role: this.role.withoutPolicyUpdates(),
      logGroup,
      deadLetterQueue: stack.failedCalls,
      tracing: Tracing.ACTIVE,
      environment: { ...props.env },
    });
    // Lambda asks at once whether the role may send to the queue of failed calls, or take from the one that wakes it.
    this.lambda.node.addDependency(this.#policy);
    acknowledgeParts(this.#policy, [...statements, ...byObjects, traces]);
  }

  /** Has Lambda call it with what lies in `queue`. */
  readsFrom(queue: Queue, props: Omit<EventSourceMappingOptions, "eventSourceArn">): void {
    this.#imply("woken", queue.queueArn);
    const eventSourceArn = queue.queueArn;
    const mapping = this.lambda.addEventSourceMapping("Woken", { eventSourceArn, ...props });
    acknowledge(mapping, "Serverless-LambdaEventSourceMappingDestination", byItsQueue);
  }

  /** What its needs on objects imply of the keys that close them. */
  #implyByObjects(
    needed: readonly Need[],
    { objectsKeyArn: objectsKey, stateKeyArn: stateKey }: Keys,
  ): PolicyStatement[] {
    const arns = { objectsKey, stateKey };
    return closingKeys.flatMap((key) =>
      impliedByObjects(needed, key).map((name) => {
        const arn = arns[key];
        if (arn === undefined) throw new Error(`bug: no ${key} is given for objects`);
        return this.#imply(name, arn);
      }),
    );
  }

  #imply(name: Implied, arn: string): PolicyStatement {
    const statement = impliedStatement(implied[name].actions, arn);
    this.#policy.addStatements(statement);
    return statement;
  }
}

const byItsQueue =
  "Lambda refuses a destination for a queue's messages: what fails for good goes to the queue's own dead letters, which an alarm watches.";
