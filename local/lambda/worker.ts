import { parentPort, workerData } from "node:worker_threads";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { assert } from "../../shared/base/malformed.ts";
import type { Called, Invocation } from "./bundled.ts";

/*
 * A Lambda function of this machine: loads the one file it was given, with the environment it was given, and answers events. What the file throws when it
 * is loaded ends the thread.
 */
assert(parentPort !== null, "this module is a thread's");
const port = parentPort;
const { file } = workerData as { readonly file: string };
const { handler } = (await import(file)) as {
  readonly handler: (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;
};

port.on("message", ({ id, event, context, endsMs }: Invocation) => {
  const getRemainingTimeInMillis = (): number => Math.max(0, endsMs - Date.now());
  const called = { ...context, getRemainingTimeInMillis } as Context;
  const tell = (answer: Called): void => port.postMessage(answer);
  Promise.resolve(handler(event, called)).then(
    (result) => tell({ id, result }),
    (error: unknown) => tell({ id, failed: error instanceof Error ? error.name : "unknown" }),
  );
});
port.postMessage("loaded");
