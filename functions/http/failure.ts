import type { Problem } from "../../shared/api/problem.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import type { LogFields } from "./edge.ts";
import { HttpProblem } from "./http-problem.ts";

const maxFrames = 8;

/** What the caller learns of `error`: a problem on purpose, an outage to try again, else nothing but that it was us. */
export function problemOfError(error: unknown): Problem {
  if (error instanceof HttpProblem) return error.problem;
  if (error instanceof Unavailable) return { code: "unavailable" };
  return { code: "internal", detail: "Quote the requestId when you report this." };
}

/**
 * What the log learns of `error`: its class and where it was thrown. Its message stays out, since a database puts values into it;
 * only Malformed and broken promises (`bug: …`) promise never to carry input.
 */
export function failureFields(error: unknown): Pick<LogFields, "error" | "unavailable" | "frames"> {
  if (error instanceof HttpProblem) return {};
  if (error instanceof Unavailable) return { error: "Unavailable", unavailable: error.service };
  if (!(error instanceof Error)) return { error: typeof error };
  const speaks = error instanceof Malformed || error.message.startsWith("bug: ");
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    error: speaks ? `${error.name}: ${error.message}` : error.name,
    frames: frames.slice(0, maxFrames).map((line) => line.trim()),
  };
}
