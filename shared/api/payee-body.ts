import type * as z from "zod";
import { Malformed } from "../base/malformed.ts";
import { payeeSchema } from "../claim/submission.ts";
import { parseAccount, parseBic } from "../iso20022/account.ts";

/**
 * A payee as a caller states one: an account that begins like an IBAN must be one, with its country's length and check digits (ISO 13616), a BIC one of a country
 * there is (ISO 9362). Only at the door: what is recorded is read by the form alone, for registries change.
 */
export const payeeBodySchema = payeeSchema.superRefine(({ account, bic }, context) => {
  refuseUnread(context, "account", () => parseAccount(account, "account"));
  if (bic !== undefined) refuseUnread(context, "bic", () => parseBic(bic, "bic"));
});

function refuseUnread(context: z.RefinementCtx, field: string, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const message = error.message.slice(error.where.length + 2);
    context.addIssue({ code: "custom", path: [field], message });
  }
}
