import type * as z from "zod";
import { stepKinds } from "../step-form.ts";
import { nearest } from "./nearest.ts";

/** Every field name of the format. */
const names = [
  ...["id", "version", "title", "dateBasis", "currency", "effective", "from", "to", "parameters"],
  ...[
    "dated",
    "value",
    "date",
    "tables",
    "by",
    "unit",
    "rows",
    "funds",
    "limitCitation",
    "clause",
    "text",
  ],
  ...["rules", "exceptionTo", "when", "then", "amount", "fund", "reasonCode", "citation", "steps"],
  ...["cases", "name", "facts", "expect", "outcome", "minor", "claim", "policy", "insured"],
  ...["event", "lossDay", "diagnosisDay", "noticeDay", "diagnoses", "claimed", "contracted"],
  ...["lines", "service", "coverage", "startDay", "endDay", "limit", "remaining", "birthDay"],
];

/** What a field that the format does not know, or a word of a closed list, was probably meant to be. */
export function fieldHelp(path: string, issue: z.core.$ZodIssue, found: unknown): string | null {
  if (issue.code === "unrecognized_keys") {
    const near = nearest(path.slice(path.lastIndexOf(".") + 1), names);
    return near === undefined ? null : `did you mean ${near}?`;
  }
  if (path.endsWith(".then")) {
    return "a pack pays, reduces or refers: only a person denies";
  }
  const words = wordsAt(issue);
  if (words && typeof found === "string") {
    const near = nearest(found, words);
    return near === undefined ? null : `did you mean ${near}?`;
  }
  if (issue.code === "invalid_type" && issue.expected === "int") {
    return "write amounts in minor units (12.50 is 1250) and rates in basis points (7.5 % is 750)";
  }
  return null;
}

/** The words of the closed list that the field is of. */
function wordsAt(issue: z.core.$ZodIssue): readonly string[] | undefined {
  if (issue.code === "invalid_value") return issue.values.map(String);
  return issue.code === "invalid_union" && issue.discriminator === "kind" ? stepKinds : undefined;
}
