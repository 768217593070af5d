import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import * as z from "zod";
import { Fold } from "../../shared/audit/fold.ts";
import { decodeState, encodeState } from "../../shared/audit/streams.ts";
import { canonicalText } from "../../shared/base/canonical.ts";
import {
  countCodec,
  dayCodec,
  instantCodec,
  jsonSchema,
  moneyCodec,
} from "../../shared/base/codec.ts";
import { encoderOf } from "../../shared/base/encoder.ts";
import { claimStateSchema } from "../../shared/claim/state.ts";
import { payoutStateSchema } from "../../shared/payout/state.ts";
import { policyStateSchema } from "../../shared/policy/policy.ts";
import { honestWalk } from "../audit/walk.ts";

/** Every kind of schema that a state is made of. */
const everything = z.strictObject({
  name: z.string(),
  kind: z.enum(["a", "b"]),
  count: countCodec,
  amounts: z.array(moneyCodec),
  until: dayCodec.nullable(),
  at: instantCodec.optional(),
  by: z.record(z.string(), countCodec),
  names: z.record(z.string(), z.string()),
  answer: jsonSchema,
  part: z.discriminatedUnion("is", [
    z.strictObject({ is: z.literal("paid"), amount: moneyCodec }),
    z.strictObject({ is: z.enum(["open", "shut"]), since: dayCodec.nullish() }),
  ]),
  either: z.union([countCodec, z.boolean()]),
  extra: moneyCodec.nullable().default(null),
});

const big = fc.bigInt({ min: 0n, max: 10n ** 18n - 1n });
const money = fc.record({ minor: big, currency: fc.constantFrom("USD", "JPY", "KWD") });
const day = fc.bigInt({ min: 0n, max: 20_000n });
const key = fc.string({ maxLength: 5 }).filter((name) => name !== "__proto__");
const values = fc.record(
  {
    name: fc.string(),
    kind: fc.constantFrom("a", "b"),
    count: big,
    amounts: fc.array(money, { maxLength: 3 }),
    until: fc.option(day),
    at: fc.bigInt({ min: 0n, max: 4_000_000_000_000_000n }),
    by: fc.dictionary(key, big, { maxKeys: 3 }),
    names: fc.dictionary(key, fc.string(), { maxKeys: 3 }),
    // zod reads no `__proto__`, so that no value that was read has one to write.
    answer: fc
      .jsonValue({ maxDepth: 2 })
      .filter((json) => !/\.|__proto__/.test(JSON.stringify(json))),
    part: fc.oneof(
      fc.record({ is: fc.constant("paid"), amount: money }),
      fc.record({ is: fc.constantFrom("open", "shut"), since: fc.option(day) }),
    ),
    either: fc.oneof(big, fc.boolean()),
    extra: fc.option(money),
  },
  {
    requiredKeys: [
      "name",
      "kind",
      "count",
      "amounts",
      "until",
      "by",
      "names",
      "answer",
      "part",
      "either",
      "extra",
    ],
  },
);

describe("an encoder", () => {
  test("writes what z.encode writes", () => {
    const encode = encoderOf(() => everything as z.ZodType);
    fc.assert(
      fc.property(values, (value) => {
        expect(encode(value)).toEqual(z.encode(everything as z.ZodType, value));
      }),
    );
  });

  test("writes the states of a whole log as z.encode does, and they are read back", async () => {
    const schemas = {
      claim: claimStateSchema(),
      payout: payoutStateSchema(),
      policy: policyStateSchema(),
    };
    const { reader } = await honestWalk();
    expect(reader).toBeInstanceOf(Fold);
    const seen = new Set<string>();
    for (const { kind, state } of (reader as Fold).streams()) {
      const encoded = encodeState(kind, state);
      expect(decodeState(kind, JSON.parse(canonicalText(encoded)))).toEqual(state);
      if (!(kind in schemas)) continue;
      const schema: z.ZodType = schemas[kind as keyof typeof schemas];
      expect(encoded).toEqual(z.encode(schema, state));
      seen.add(kind);
    }
    expect([...seen].sort()).toEqual(["claim", "payout", "policy"]);
  });
});
