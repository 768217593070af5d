import type { Verb } from "./verb.ts";
import { consistencyVerb } from "./verbs/consistency.ts";
import { keyVerb } from "./verbs/key.ts";
import { receiptVerb } from "./verbs/receipt.ts";
import { sampleVerb } from "./verbs/sample.ts";
import { verifyVerb } from "./verbs/verify.ts";
import { witnessVerb } from "./verbs/witness.ts";

/** The auditor's own commands, in the order they meet them: all that the program of one file has. */
export const auditorVerbs: readonly Verb[] = [
  keyVerb,
  verifyVerb,
  receiptVerb,
  consistencyVerb,
  sampleVerb,
  witnessVerb,
];
