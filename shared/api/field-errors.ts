import type * as z from "zod";
import type { FieldError } from "./problem.ts";

const maxErrors = 20;
const maxNameLength = 64;

/** An RFC 6901 pointer to `path`; names are the client's own and cut to 64 characters. */
export const pointer = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => String(part).slice(0, maxNameLength).replaceAll("~", "~0").replaceAll("/", "~1"))
    .map((part) => `/${part}`)
    .join("");

/** What a schema refused, by field, at most 20; unknown fields by their own names, values never. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  const errors = issues.flatMap((issue): FieldError[] =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ field: pointer([...issue.path, key]), detail: "is unknown" }))
      : [{ field: pointer(issue.path), detail: detailOf(issue) }],
  );
  return errors.slice(0, maxErrors);
}

function detailOf(issue: z.core.$ZodIssue): string {
  const absent = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
  return absent ? "is required" : issue.message;
}
