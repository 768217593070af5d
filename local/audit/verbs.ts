import type { Verb } from "../terminal/verb.ts";
import { consistencyVerb } from "./verbs/consistency.ts";
import { denialsVerb } from "./verbs/denials.ts";
import { keyVerb } from "./verbs/key.ts";
import { qldbJournalVerb } from "./verbs/qldb-journal.ts";
import { qldbReceiptVerb } from "./verbs/qldb-receipt.ts";
import { receiptVerb } from "./verbs/receipt.ts";
import { sampleVerb } from "./verbs/sample.ts";
import { verifyVerb } from "./verbs/verify.ts";

/**
 * The auditor's own commands, in the order they meet them: all that the program of one file has. `witness` is not among them: its state is
 * locked by node:sqlite, which Node 20 lacks.
 */
export const auditorVerbs: readonly Verb[] = [
  keyVerb,
  verifyVerb,
  denialsVerb,
  receiptVerb,
  consistencyVerb,
  sampleVerb,
  qldbJournalVerb,
  qldbReceiptVerb,
];
