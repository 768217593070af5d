import type { Verb } from "./verb.ts";
import { receiptVerb } from "./verbs/receipt.ts";
import { verifyVerb } from "./verbs/verify.ts";

/** Every command of `audit`, in the order an auditor meets them. */
export const verbs: readonly Verb[] = [verifyVerb, receiptVerb];
