import type { Json } from "../../shared/base/canonical.ts";
import type { PublicType } from "../../shared/record/types.ts";
import { handle } from "../policy/sample.ts";

/** The body of one record of each public type. */
export const bodies: Readonly<Record<PublicType, Record<string, Json>>> = {
  "log.genesis": {
    insurer: "acme",
    kind: "insurer",
    simulation: false,
    currency: "USD",
    keys: ["log.example/claims/acme+00000000+AQ=="],
  },
  "keys.published": { keys: ["log.example/claims/acme+00000000+AQ=="] },
  "bands.published": {
    currency: "USD",
    bands: [{ upTo: "1000", approvers: "0" }],
    by: null,
  },
  "payments.published": {
    currency: "USD",
    coolingOffHours: "48",
    heads: {
      interest: [{ upTo: "1000", approvers: "0" }],
      expense: [{ upTo: "1000", approvers: "1" }],
      "ex-gratia": [],
    },
    payer: { name: "Acme", account: "DE89370400440532013000", bic: "COBADEFFXXX" },
    by: "5".repeat(32),
  },
  "clocks.published": {
    by: "5".repeat(32),
    home: "DE",
    clocks: [
      {
        jurisdiction: "DE",
        acknowledgeDays: "10",
        decideDays: "30",
        decideFrom: "notice",
        payDays: "14",
      },
    ],
  },
  "pack.published": {
    pack: "plan-schedule",
    version: "1",
    hash: "0a".repeat(32),
    dateBasis: "loss",
    from: "2020-01-01",
    to: null,
    author: "0b".repeat(16),
    approver: "0c".repeat(16),
  },
  "reconciliation.recorded": {
    number: "1",
    day: "2020-02-20",
    payments: "3",
    matched: "2",
    opened: [{ kind: "amount-differs", about: "0b".repeat(16), message: "0a".repeat(32) }],
    closed: [{ kind: "unreadable", about: null, message: "0c".repeat(32) }],
  },
  "retention.published": {
    schedule: [
      { class: "identity-and-health", days: "1096" },
      { class: "financial", days: "3652" },
    ],
  },
  "openings.disclosed": { from: "0", to: "256", key: "0a".repeat(32), by: handle("6") },
  "journal.imported": {
    strandId: "Jk2mX7sT0aBcDeFgHiJkLm",
    blocks: "10",
    digest: `${"A".repeat(43)}=`,
    saved: [{ block: "9", digest: `${"A".repeat(43)}=` }],
    documents: "9",
    revisions: "9",
    redacted: "0",
    deletions: "0",
    hashOnly: "0",
    erased: "0",
  },
  "hold.placed": { hold: handle("8"), basis: "litigation", by: handle("6") },
  "hold.lifted": { hold: handle("8"), by: handle("6") },
  "erasure.requested": {
    classes: ["identity-and-health", "financial"],
    basis: "request",
    by: handle("2"),
  },
  "erasure.declined": { reason: "legal-obligation", by: handle("6") },
  "erasure.approved": { by: handle("7") },
  "erasure.recorded": {
    classes: ["identity-and-health", "financial"],
    covers: [{ stream: handle("3"), version: "4", as: "subject" }],
  },
  "erasure.completed": { classes: ["identity-and-health", "financial"] },
};
