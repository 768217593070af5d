import type { Act, Credential } from "../../shared/base/actor.ts";
import type { Money } from "../../shared/base/codec.ts";
import { parseDay } from "../../shared/base/day.ts";
import type { Seen } from "../../shared/base/event.ts";
import { parseInstant } from "../../shared/base/instant.ts";
import type { InsurerState } from "../../shared/policy/insurer.ts";
import type { Payments } from "../../shared/policy/payments.ts";
import type { PolicyState, Terms } from "../../shared/policy/policy.ts";

/** A handle a reader can tell from others: 32 times the digit. */
export const handle = (digit: string): string => digit.repeat(32);

export const insurerStream = handle("0");
export const packStream = handle("1");
export const policyStream = handle("2");
export const claimStream = handle("3");
export const payoutStream = handle("4");
export const insured = handle("a");
export const stranger = handle("9");

export const noon = parseInstant("2026-03-04T12:00:00.000000Z", "now");
export const second = 1_000_000n;
export const minute = 60n * second;

export const usd = (minor: bigint): Money => ({ minor, currency: "USD" });
export const day = (text: string): bigint => parseDay(text, "day");

/** A person's own sign-in. */
export const signedIn: Credential = {
  kind: "access-token",
  issuer: "https://login.example",
  method: "pwd",
  handle: handle("8"),
};

export const byMachine = (now = noon): Act => ({ kind: "machine", now });
export const byPerson = (person: string, now = noon): Act => ({
  kind: "person",
  now,
  signatory: { person, credential: signedIn },
});
export const bySimulated = (person: string, now = noon): Act => ({
  ...byPerson(person, now),
  kind: "simulated",
});

export const seen = <State>(stream: string, state: State, version = 1n): Seen<State> => ({
  stream,
  version,
  state,
});

/** Bands of the design: none up to 1,000.00, one approver up to 10,000.00, two up to 100,000.00. */
export const bands = [
  { upTo: 100_000n, approvers: 0n },
  { upTo: 1_000_000n, approvers: 1n },
  { upTo: 10_000_000n, approvers: 2n },
];

export const insurer = (over: Partial<InsurerState> = {}): Seen<InsurerState> =>
  seen(insurerStream, {
    insurer: "acme",
    kind: "insurer",
    simulation: false,
    currency: "USD",
    keys: [],
    bands,
    bandsVersion: 2n,
    ...over,
  });
/** The account that pays; bands of the other heads, and two days of cooling off. */
export const payments: Payments = {
  payer: { name: "Acme Mutual Aid", account: "DE89370400440532013000" },
  currency: "USD",
  coolingOffHours: 48n,
  heads: {
    interest: [{ upTo: 10_000n, approvers: 0n }],
    expense: [{ upTo: 200_000n, approvers: 1n }],
    "ex-gratia": [{ upTo: 50_000n, approvers: 2n }],
  },
};

/** An insurer that has published them. */
export const paying = (over: Partial<InsurerState> = {}): Seen<InsurerState> => {
  const { currency, ...published } = payments;
  return insurer({ payments: { ...published, version: 3n }, ...over });
};
export const intake = insurer({ kind: "intake" });
export const simulation = insurer({ simulation: true });

export const terms = (over: Partial<Terms> = {}): Terms => ({
  insured,
  parties: [
    { role: "insured", person: insured },
    { role: "holder", person: handle("b") },
  ],
  coverage: "medical",
  start: day("2020-01-01"),
  end: null,
  birthDate: day("1980-02-29"),
  limit: usd(1_000_000n),
  pack: packStream,
  ...over,
});

export const policy = (
  over: Partial<Terms> = {},
  status: PolicyState["status"] = "active",
): Seen<PolicyState> => seen(policyStream, { status, terms: terms(over) });
