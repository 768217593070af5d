import type { Span } from "./json-places.ts";

/** Everything `rules check` can find in a pack, in one closed list (docs/rules.md says what each means). */
export const packFindingCodes = [
  "unreadable",
  "json",
  "repeated-field",
  "form",
  "expression",
  "bounds",
  "golden-case",
  "no-golden-case",
  "rule-untested",
  "never-holds",
  "never-reached",
  "no-result",
  "table-gap",
  "table-row-missing",
  "exceptions-overlap",
  "step-unfit",
  "accumulator",
  "citation-missing",
  "parameter-unused",
] as const;
export type PackFindingCode = (typeof packFindingCodes)[number];

/** One thing about a pack that its author should see. An error: it can't be published so. */
export interface PackFinding {
  readonly severity: "error" | "warning";
  readonly code: PackFindingCode;
  /** The field: "rules[2].when"; "" for the pack as a whole. */
  readonly where: string;
  /** The rule's id, where the field is a rule's. */
  readonly rule: string | null;
  readonly message: string;
  /** What to write instead, or what to think of. */
  readonly help: string | null;
  /** Which part of the field's value, where that is a text: an expression's offsets. Null: all of it. */
  readonly within: Span | null;
  /** Where it stands in the file; null where the file has no such place. */
  readonly span: Span | null;
}

/** A finding before its place in the file is known. */
export type Unplaced = Omit<PackFinding, "rule" | "help" | "within" | "span"> &
  Partial<Pick<PackFinding, "rule" | "help" | "within">>;

export const errorAt = (
  code: PackFindingCode,
  where: string,
  message: string,
  more: Partial<Unplaced> = {},
): Unplaced => ({ severity: "error", code, where, message, ...more });

export const warningAt = (
  code: PackFindingCode,
  where: string,
  message: string,
  more: Partial<Unplaced> = {},
): Unplaced => ({ severity: "warning", code, where, message, ...more });
