import * as z from "zod";
import { Malformed } from "../../base/malformed.ts";
import { problemsOf } from "../answers.ts";
import { problemType } from "../problem.ts";
import type { Route } from "../route.ts";
import type { Refused } from "./types.ts";

const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  detail: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), detail: z.string() })).optional(),
  requestId: z.string().optional(),
  traceId: z.string().optional(),
});
const gatewaySchema = z.object({ message: z.string() });

/** The problem in the body of a refusal of `row`; throws Malformed for a body that is neither a problem nor a gateway's message. */
export function problemIn(row: Route, status: number, text: string): Refused["problem"] {
  const json = jsonOf(text);
  const problem = problemSchema.safeParse(json);
  if (problem.success) return { ...problem.data, type: declaredType(row, problem.data.type) };
  const message = gatewaySchema.safeParse(json);
  if (message.success) return { type: "about:blank", title: message.data.message };
  throw new Malformed("answer", `is no refusal this API gives, with status ${status}`);
}

/** `type`, or `about:blank` where the row declares no such problem. */
function declaredType(row: Route, type: string): Refused["problem"]["type"] {
  const types = [...problemsOf(row)].map((code) => problemType(code));
  return types.find((each) => each === type) ?? "about:blank";
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
