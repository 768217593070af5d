import type { FunctionName } from "./needs.ts";

/** The functions that decide claims, check packs or decide again: only they carry the rule engine. The claimant's does for letters, which say what single change would have paid more. */
export const deciding: ReadonlySet<FunctionName> = new Set([
  "adjudicator",
  "claimant",
  "insurer",
  "operator",
  "self-audit",
  "shadow",
]);

/** The most a function's bundle may have: the SDK inside, minified. The engine of the deciding ones is 273 kB of it. */
export const bundleLimitBytes = (name: FunctionName): number =>
  name === "public" ? 300_000 : deciding.has(name) ? 1_050_000 : 800_000;
