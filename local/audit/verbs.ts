import type { Verb } from "./verb.ts";
import { consistencyVerb } from "./verbs/consistency.ts";
import { receiptVerb } from "./verbs/receipt.ts";
import { sampleVerb } from "./verbs/sample.ts";
import { verifyVerb } from "./verbs/verify.ts";

/** Every command of `audit`, in the order an auditor meets them. */
export const verbs: readonly Verb[] = [verifyVerb, receiptVerb, consistencyVerb, sampleVerb];
