import * as z from "zod";

/** What CloudFormation sends a custom resource, as far as it is read here. `Steps` is a hash: another one makes CloudFormation ask again. */
const eventSchema = z.object({
  RequestType: z.enum(["Create", "Update", "Delete"]),
  ResponseURL: z.url({ protocol: /^https$/ }),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  ResourceProperties: z.object({ Steps: z.string(), Roles: z.string() }),
});

/** What the deployment is told; with FAILED it rolls back and shows `Reason` to whoever deploys. */
export interface Outcome {
  readonly Status: "SUCCESS" | "FAILED";
  readonly Reason?: string;
  readonly Data?: { readonly Applied: string };
}

const mostReasonChars = 1_000;

/** Ports of {@link answerDeployment}: brings the database up to date, and puts the answer where CloudFormation reads it. */
export interface DeploymentPorts {
  /** Gives the steps applied. `roles` is JSON: database role → IAM role ARNs. */
  readonly migrate: (roles: string) => Promise<readonly string[]>;
  readonly put: (url: string, body: string) => Promise<void>;
}

/**
 * Answers CloudFormation's custom resource of the migrations: Create and Update migrate, Delete changes nothing, for what a database holds outlives its stack.
 * A failure is the deployment's answer, not this function's. Throws ZodError for what is no such event.
 */
export async function answerDeployment(
  { migrate, put }: DeploymentPorts,
  event: unknown,
): Promise<Outcome> {
  const asked = eventSchema.parse(event);
  const { StackId, RequestId, LogicalResourceId } = asked;
  const outcome: Outcome =
    asked.RequestType === "Delete"
      ? { Status: "SUCCESS" }
      : await migrate(asked.ResourceProperties.Roles).then(
          (applied) => ({ Status: "SUCCESS", Data: { Applied: String(applied.length) } }),
          (error: unknown) => ({ Status: "FAILED", Reason: said(error) }),
        );
  const ids = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: "migrations" };
  await put(asked.ResponseURL, JSON.stringify({ ...outcome, ...ids }));
  return outcome;
}

/** The name and message of a migration's error: steps and catalogs, no rows, for no row is there yet or is read. */
const said = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : "unknown").slice(
    0,
    mostReasonChars,
  );
