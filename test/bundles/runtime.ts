import process from "node:process";
import { pathToFileURL } from "node:url";
import type { Asked, Outcome } from "./lambda.ts";

/*
 * What Lambda's own runtime does, in a process of its own: loads the one file it is given, with the environment it was given, and has its handler answer events one at a time.
 * A result travels as JSON, as from Lambda.
 */
const [, , file = ""] = process.argv;
const { handler } = (await import(pathToFileURL(file).href)) as {
  readonly handler: (event: unknown, context: object) => Promise<unknown>;
};

process.on("message", async ({ event, remainingMs }: Asked) => {
  const endsMs = performance.now() + remainingMs;
  const getRemainingTimeInMillis = (): number => Math.max(0, endsMs - performance.now());
  const context = {
    awsRequestId: "8f507cfc-xmpl-4697-b07a-ac58fc914c95",
    getRemainingTimeInMillis,
  };
  const outcome = await handler(event, context).then(
    (result): Outcome => ({ result: JSON.parse(JSON.stringify(result ?? null)) }),
    (error: Error): Outcome => ({ failed: `${error.name}: ${error.message}` }),
  );
  process.send?.(outcome);
});
process.send?.("loaded");
