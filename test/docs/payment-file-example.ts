import { fromUtf8 } from "../../shared/base/bytes.ts";
import { parseDay } from "../../shared/base/day.ts";
import { parseInstant } from "../../shared/base/instant.ts";
import { formatPaymentFile } from "../../shared/iso20022/payment-file.ts";

/** The payment file that docs/spec/payment-file.md shows: two payouts in euros under SEPA, one in dinars. */
export function paymentFileExample(): string {
  const day = parseDay("2020-02-20", "day");
  const bytes = formatPaymentFile({
    file: "9d3f6a1c52e84b07a1d5c0e2f7b84613",
    createdAt: parseInstant("2020-02-19T14:03:27.250000Z", "time"),
    payer: { name: "Acme Mutual Aid AG", account: "DE89370400440532013000", bic: "COBADEFFXXX" },
    payments: [
      {
        payout: "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        amount: { minor: 1_000_000n, currency: "EUR" },
        payee: { name: "Zoë Müller-Œuvré", account: "NL91ABNA0417164300" },
        day,
        remittance: "Claim 46dc4db4",
      },
      {
        payout: "7a6b5c4d3e2f10012233445566778899",
        amount: { minor: 4_950n, currency: "EUR" },
        payee: {
          name: "Ελένη Θεοδώρου",
          account: "FR1420041010050500013M02606",
          bic: "PSSTFRPPXXX",
        },
        day,
      },
      {
        payout: "c0ffee00c0ffee00c0ffee00c0ffee00",
        amount: { minor: 250_500n, currency: "KWD" },
        payee: { name: "دانة & Sons", account: "SIM000000001" },
        day,
      },
    ],
  });
  return fromUtf8(bytes);
}
