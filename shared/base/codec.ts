import * as z from "zod";
import type { Json } from "./canonical.ts";
import { formatDay, parseDay } from "./day.ts";
import { formatInstant, parseInstant } from "./instant.ts";
import { Malformed } from "./malformed.ts";
import { type Currency, formatAmount, minorDigits, parseAmount } from "./money.ts";

/** An amount: minor units of an ISO 4217 currency. */
export interface Money {
  readonly minor: bigint;
  readonly currency: Currency;
}

/** Runs a base parser inside a zod codec: a Malformed becomes an issue of the field, anything else stays a bug. */
function parsed<T>(context: z.core.ParsePayload, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const message = error.message.slice(error.where.length + 2);
    context.issues.push({ code: "custom", input: context.value, message });
    return z.NEVER;
  }
}

/** Day ⇄ "YYYY-MM-DD". */
export const dayCodec = z
  .codec(z.string().max(10), z.bigint(), {
    decode: (text, context) => parsed(context, () => parseDay(text, "date")),
    encode: formatDay,
  })
  .meta({ format: "date" });

/** Instant ⇄ RFC 3339 UTC with six decimals. */
export const instantCodec = z
  .codec(z.string().max(27), z.bigint(), {
    decode: (text, context) => parsed(context, () => parseInstant(text, "time")),
    encode: formatInstant,
  })
  .meta({
    id: "Instant",
    description: "RFC 3339, UTC, six decimals",
    pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$",
  });

/** Non-negative bigint ⇄ decimal text: sizes, versions, ords. */
export const countCodec = z.codec(z.string().regex(/^(0|[1-9][0-9]{0,18})$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (count) => count.toString(),
});

export const currencySchema = z.enum(Object.keys(minorDigits) as [Currency, ...Currency[]]);

/** Money ⇄ {amount: "272.80", currency: "USD"}. */
export const moneyCodec = z
  .codec(
    z.strictObject({
      amount: z.string().max(40).meta({ pattern: "^(0|[1-9][0-9]{0,17})(\\.[0-9]{1,3})?$" }),
      currency: currencySchema,
    }),
    z.custom<Money>(),
    {
      decode: ({ amount, currency }, context) =>
        parsed(context, () => ({ minor: parseAmount(amount, currency, "amount"), currency })),
      encode: ({ minor, currency }) => ({ amount: formatAmount(minor, currency), currency }),
    },
  )
  .meta({
    id: "Money",
    description:
      "A decimal string, with as many decimals as the currency has, and its ISO 4217 code",
  });

/** A handle: 32 lower-case hex digits. */
export const handleSchema = z.string().regex(/^[0-9a-f]{32}$/, "is not 32 lower-case hex digits");

/** Any canonical JSON value: its writer and reader are in canonical.ts. */
export const jsonSchema = z.json().meta({ id: "Json" }) as unknown as z.ZodType<Json, Json>;
