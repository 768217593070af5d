import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import type { Payee } from "../../shared/claim/submission.ts";

/** A simulated payee for a person of the portfolio, who names none: the same for the same person key. */
export const payeeFor = (person: string): Payee => ({
  name: `Simulated ${person}`,
  account: `SIM${toHex(sha256(utf8(`account of ${person}`)))
    .slice(0, 16)
    .toUpperCase()}`,
});
