import type * as z from "zod";
import { Malformed } from "../base/malformed.ts";
import { valueAt } from "../base/value-at.ts";
import { stepKinds } from "./step-form.ts";

/** What is wrong with the first field that a pack's schema refused in `input`, named and in words. */
export function formError(issue: z.core.$ZodIssue | undefined, input: unknown): Malformed {
  if (!issue) return new Malformed("pack", "is not a pack");
  if (issue.code === "unrecognized_keys") {
    const where = fieldPath([...issue.path, issue.keys[0] ?? ""]);
    return new Malformed(where, "is no field that this format knows");
  }
  const missing = valueAt(input, issue.path) === undefined && issue.code !== "custom";
  return new Malformed(fieldPath(issue.path), missing ? "is missing" : says(issue));
}

const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "an integer",
  int: "an integer",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
};

function says(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `is not ${kinds[issue.expected] ?? `of kind ${issue.expected}`}`;
    case "too_big":
      return `${beyond[issue.origin]?.[0] ?? "is above"} ${issue.maximum}${unitOf(issue.origin)}`;
    case "too_small":
      return `${beyond[issue.origin]?.[1] ?? "is below"} ${issue.minimum}${unitOf(issue.origin)}`;
    case "invalid_value":
      return `is none of ${issue.values.join(", ")}`;
    case "invalid_union": {
      const words = discriminated[issue.discriminator ?? ""];
      return words ? `is none of ${words.join(", ")}` : issue.message;
    }
    case "invalid_key":
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
}

/** The words by which one of several forms is chosen. */
const discriminated: Readonly<Record<string, readonly string[]>> = {
  ["then" as string]: ["PAY", "PAY_PART", "REFER"],
  kind: stepKinds,
};

const beyond: Readonly<Record<string, readonly [string, string]>> = {
  string: ["is longer than", "is shorter than"],
  array: ["has more than", "has fewer than"],
};

function unitOf(origin: string): string {
  if (origin === "string") return " characters";
  return origin === "array" ? " entries" : "";
}

/** "rules[2].when"; names are the pack's own and cut to 64 characters. */
function fieldPath(path: readonly PropertyKey[]): string {
  const steps = path.map((step) =>
    typeof step === "number" ? `[${step}]` : `.${String(step).slice(0, 64)}`,
  );
  return steps.join("").replace(/^\./, "") || "pack";
}
