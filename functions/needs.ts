import { needs as eventBus } from "./adapters/eventbridge/bus.ts";
import { needs as checkpointKey } from "./adapters/kms/checkpoint-key.ts";
import { needs as dataKeys } from "./adapters/kms/data-keys.ts";
import { needs as publicKey } from "./adapters/kms/public-key.ts";
import { needs as nudge } from "./adapters/nudge.ts";
import { needs as evidence } from "./adapters/objects/evidence.ts";
import { needs as objects } from "./adapters/objects/s3.ts";
import { adminNeeds, needs as database } from "./adapters/postgres/dsql.ts";
import { needs as secret } from "./adapters/secret.ts";

/** The resources lib/ makes that functions work on. */
export const targets = [
  "database",
  "dataKey",
  "ed25519Key",
  "mldsa44Key",
  "nudges",
  "published",
  "live",
  "sealed",
  "evidence",
  "wrappedKeys",
  "auditing",
  "bank",
  "screeningToken",
  "jobs",
  "signerState",
  "eventBus",
] as const;
export type Target = (typeof targets)[number];

/** What an adapter says it must be allowed. */
interface AdapterNeed {
  readonly action: string;
  readonly resource: string;
}

/** One action a function's role is allowed, and on what. */
export interface Need extends AdapterNeed {
  readonly on: Target;
}

const on = (target: Target, needs: readonly AdapterNeed[]): readonly Need[] =>
  needs.map((need) => ({ ...need, on: target }));

/** A store's needs without the verbs the function never uses on it; listing tells "absent" from "forbidden". */
const reading = (store: Target): readonly Need[] =>
  on(store, objects).filter(({ action }) => ["s3:GetObject", "s3:ListBucket"].includes(action));
const adding = (store: Target): readonly Need[] =>
  on(store, objects).filter(({ action }) => action !== "s3:DeleteObject");

const putting = (store: Target): readonly Need[] =>
  on(store, objects).filter(({ action }) => action === "s3:PutObject");

/** The needs of whoever finds and deletes, and reads nothing. */
const deleting = (store: Target): readonly Need[] =>
  on(store, objects).filter(({ action }) => ["s3:ListBucket", "s3:DeleteObject"].includes(action));

/** A signing key's needs for whoever only verifies. */
const publicKeys = (key: Target): readonly Need[] => on(key, publicKey);

const readingLog = [...reading("published"), ...reading("live")];

const commands = [
  ...on("database", database),
  ...on("dataKey", dataKeys),
  ...adding("wrappedKeys"),
  ...readingLog,
];

/** What each function's role may do: its adapters' needs, on what lib/ makes, and nothing else. */
export const needs = {
  claimant: [...commands, ...on("nudges", nudge), ...on("evidence", evidence)],
  insurer: [...commands, ...putting("published"), ...adding("jobs"), ...on("nudges", nudge)],
  importer: [...commands, ...on("jobs", objects)],
  auditor: [...commands, ...on("nudges", nudge), ...adding("auditing")],
  exporter: [
    ...on("database", database),
    ...on("dataKey", dataKeys).filter(({ action }) => action === "kms:Decrypt"),
    ...reading("wrappedKeys"),
    ...readingLog,
    ...on("auditing", objects),
  ],
  shadow: [
    ...on("database", database),
    ...on("dataKey", dataKeys).filter(({ action }) => action === "kms:Decrypt"),
    ...reading("wrappedKeys"),
    ...readingLog,
    ...on("jobs", objects),
  ],
  public: [...on("database", database), ...readingLog],
  unrouted: [],
  adjudicator: [...commands, ...on("nudges", nudge)],
  sequencer: [...on("database", database), ...on("nudges", nudge)],
  signer: [
    ...on("database", database),
    ...on("ed25519Key", checkpointKey),
    ...publicKeys("ed25519Key"),
    ...on("mldsa44Key", checkpointKey),
    ...publicKeys("mldsa44Key"),
    ...adding("signerState"),
    ...on("nudges", nudge),
  ],
  publisher: [
    ...on("database", database),
    ...publicKeys("ed25519Key"),
    ...publicKeys("mldsa44Key"),
    ...reading("signerState"),
    ...adding("published"),
    ...on("live", objects),
    ...adding("sealed"),
  ],
  operator: [
    ...commands,
    ...publicKeys("ed25519Key"),
    ...publicKeys("mldsa44Key"),
    ...on("nudges", nudge),
  ],
  eraser: [
    ...commands,
    ...deleting("wrappedKeys"),
    ...deleting("sealed"),
    ...deleting("evidence"),
    ...deleting("auditing"),
    ...deleting("jobs"),
    ...publicKeys("ed25519Key"),
    ...publicKeys("mldsa44Key"),
    ...on("nudges", nudge),
  ],
  announcer: [
    ...on("database", database),
    ...readingLog,
    ...adding("auditing"),
    ...on("eventBus", eventBus),
  ],
  payouts: [...commands, ...on("screeningToken", secret), ...on("nudges", nudge)],
  reconciliation: [...commands, ...on("bank", objects), ...on("nudges", nudge)],
  totals: [...commands, ...on("nudges", nudge)],
  "self-audit": [
    ...on("database", database),
    ...on("dataKey", dataKeys).filter(({ action }) => action === "kms:Decrypt"),
    ...reading("wrappedKeys"),
    ...publicKeys("ed25519Key"),
    ...publicKeys("mldsa44Key"),
    ...readingLog,
    ...adding("auditing"),
  ],
  migrate: on("database", adminNeeds),
} as const satisfies Readonly<Record<string, readonly Need[]>>;
export type FunctionName = keyof typeof needs;
