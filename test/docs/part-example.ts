import { createHash } from "node:crypto";
import { partCipher } from "../../functions/adapters/aes/part-cipher.ts";
import type { Draft } from "../../functions/command/draft.ts";
import { fromUtf8, toBase64, toHex } from "../../shared/base/bytes.ts";
import { formatPart, partContext } from "../../shared/record/part.ts";

/** The financial part of a record, closed under a key and a nonce that everybody can read here; a real platform draws both at random. */
export function partExample({ record, root, parts }: Draft) {
  const part = parts.find((each) => each.class === "financial");
  if (!part || !root) throw new Error("the record has a financial part");
  const fixed = (name: string) =>
    createHash("sha256").update(`countersign example ${name}`).digest();
  const [key, nonce] = [fixed("data key"), fixed("nonce").subarray(0, 12)];
  const context = partContext(record.origin, record.stream, record.version, root, part);
  const plain = formatPart(part.openings);
  const ciphertext = partCipher.encrypt(key, nonce, context, plain);
  return {
    context: fromUtf8(context),
    plain: fromUtf8(plain),
    key: toHex(key),
    ciphertext: toBase64(ciphertext),
  };
}
