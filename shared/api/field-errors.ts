import type * as z from "zod";
import { valueAt } from "../base/value-at.ts";
import type { FieldError } from "./problem.ts";

const maxErrors = 20;
const maxNameLength = 64;

/** An RFC 6901 pointer to `path`; names are the client's own and cut to 64 characters. */
export const pointer = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => String(part).slice(0, maxNameLength).replaceAll("~", "~0").replaceAll("/", "~1"))
    .map((part) => `/${part}`)
    .join("");

/** What a schema refused of `input`, by field, at most 20; unknown fields by their own names, values never. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[], input: unknown): FieldError[] {
  const errors = issues.flatMap((issue): FieldError[] =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ field: pointer([...issue.path, key]), detail: "is unknown" }))
      : [{ field: pointer(issue.path), detail: detailOf(issue, input) }],
  );
  return errors.slice(0, maxErrors);
}

const detailOf = ({ path, message }: z.core.$ZodIssue, input: unknown): string =>
  valueAt(input, path) === undefined ? "is required" : message;
