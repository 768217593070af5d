import * as z from "zod";
import { leafHashSchema } from "./committed.ts";

/** A number of entries, at least one, or an index: as decimal text, below 2⁶³. */
export const sizeText = z.string().regex(/^[1-9][0-9]{0,18}$/, "is not a size");
const below = 2n ** 63n;
const count = (pattern: RegExp, what: string) =>
  z.codec(z.string().regex(pattern, what), z.bigint(), {
    decode: (text, context) => {
      const value = BigInt(text);
      if (value < below) return value;
      context.issues.push({ code: "custom", input: text, message: what });
      return z.NEVER;
    },
    encode: String,
  });
const size = count(/^[1-9][0-9]{0,18}$/, "is not a size");
const index = count(/^(0|[1-9][0-9]{0,18})$/, "is not an index");

/** Which entry, by one of its two names, and in the log of which size: without one, that of the newest checkpoint. */
export const inclusionQuery = z
  .strictObject({
    index: index.optional(),
    leaf: leafHashSchema.optional(),
    size: size.optional(),
  })
  .refine(({ index: at, leaf }) => (at === undefined) !== (leaf === undefined), {
    message: "is an index or a leaf, and not both",
    path: ["index"],
  });

/** From which size, to which: without one, that of the newest checkpoint. */
export const consistencyQuery = z
  .strictObject({ from: size, to: size.optional() })
  .refine(({ from, to }) => to === undefined || from <= to, {
    message: "is above to",
    path: ["from"],
  });

/** A SHA-256 of the tree in base64, as checkpoints and tlog-proof write them. */
const hash = z.base64().length(44);
const hashes = z.array(hash).max(64).readonly();

/** An RFC 6962 inclusion proof; `root` is what it leads to: believe it where a signed checkpoint of that size says the same. */
export const inclusionSchema = z.strictObject({
  origin: z.string(),
  size,
  index,
  leafHash: leafHashSchema,
  root: hash,
  hashes,
});

/** An RFC 6962 consistency proof between two roots: believe them where signed checkpoints of these sizes say the same. */
export const consistencySchema = z.strictObject({
  origin: z.string(),
  from: size,
  to: size,
  fromRoot: hash,
  toRoot: hash,
  hashes,
});
