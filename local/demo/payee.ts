import type { BankParty } from "../../shared/base/bank-party.ts";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import type { Payee } from "../../shared/claim/submission.ts";

/** A simulated payee for a person of the portfolio, who names none: the same for the same person key. */
export const payeeFor = (person: string): Payee => ({
  name: `Simulated ${person}`,
  account: simulated(`account of ${person}`),
});

/** The simulated account an insurer of the portfolio pays from. */
export const payerFor = (insurer: string): BankParty => ({
  name: `Simulated ${insurer}`,
  account: simulated(`account of insurer ${insurer}`),
});

const simulated = (of: string): string =>
  `SIM${toHex(sha256(utf8(of)))
    .slice(0, 16)
    .toUpperCase()}`;
