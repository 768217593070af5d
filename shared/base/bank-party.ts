import * as z from "zod";

/**
 * Who pays or is paid: the account's holder as a bank knows them (ISO 20022 Max140Text, no control characters), an IBAN or the bank's own number of the
 * account, and where that needs one the bank's BIC (ISO 9362).
 */
export const bankPartySchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(140)
      .regex(/^[^\p{Cc}\p{Cs}]*[^\p{Cc}\p{Cs}\s][^\p{Cc}\p{Cs}]*$/u, "is no name")
      // The same without property escapes, which not every reader of JSON Schema knows.
      .meta({
        pattern:
          "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\u0000-\\u0020\\u007f-\\u00a0][^\\u0000-\\u001f\\u007f-\\u009f]*$",
      }),
    account: z.string().regex(/^[A-Z0-9]{5,34}$/),
    bic: z
      .string()
      .regex(/^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/, "is no BIC")
      .optional(),
  })
  .meta({ id: "BankParty" });
export type BankParty = z.output<typeof bankPartySchema>;

/** A party as JSON: members that are not there are left out. */
export const bankPartyJson = ({ name, account, bic }: BankParty): Record<string, string> => ({
  name,
  account,
  ...(bic === undefined ? {} : { bic }),
});
