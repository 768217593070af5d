import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { sha256 } from "../../shared/base/sha256.ts";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** QLDB's form of a 128-bit id: 22 characters of base 62. Takes the first 16 of `bytes`. */
export function identifier(bytes: Uint8Array): string {
  let rest = BigInt(`0x${toHex(bytes.subarray(0, 16))}`);
  let text = "";
  for (let i = 0; i < 22; i++) {
    text = alphabet.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}

/** A table's id follows from the statement that made it, so the journal alone rebuilds it. */
export const tableId = (transactionId: string, statement: number): string =>
  identifier(sha256(utf8(`${transactionId} ${statement}`)));
