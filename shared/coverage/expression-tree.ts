import type { parse } from "@bufbuild/cel";

/** What the CEL parser gives. */
export type Parsed = ReturnType<typeof parse>;

/** One node of a parsed expression. */
export type Expr = Parsed["expr"];
