import * as z from "zod";
import { type Act, personOf } from "../base/actor.ts";
import { type BankParty, bankPartySchema } from "../base/bank-party.ts";
import { toHex, utf8 } from "../base/bytes.ts";
import { currencySchema, dayCodec, handleSchema } from "../base/codec.ts";
import type { Day } from "../base/day.ts";
import { type DomainEvent, type EventForm, eventForm, eventOf, type Seen } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { lazily } from "../base/lazily.ts";
import type { Currency } from "../base/money.ts";
import { type PartClass, partClasses } from "../base/part-class.ts";
import { isRefusal, type Refusal, refuse } from "../base/refusal.ts";
import { sha256 } from "../base/sha256.ts";

/** An authority band: payouts up to `upTo` minor units need `approvers` persons (0: approved under the pack). */
export interface Band {
  readonly upTo: bigint;
  readonly approvers: bigint;
}

/** What a payout is of beside the claim's indemnity: none of these is part of the award, and none wears it down. */
export const otherHeads = ["interest", "expense", "ex-gratia"] as const;
export type OtherHead = (typeof otherHeads)[number];

/** A retention schedule: days each class is kept after the last thing of a person is over, in the order of the classes. */
export type Retention = readonly { readonly class: PartClass; readonly days: bigint }[];

export const digits = z.codec(z.string().regex(/^(0|[1-9][0-9]{0,18})$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (count) => count.toString(),
});

/** A country (ISO 3166-1) or a part of one (ISO 3166-2): `DE`, `US-CA`. */
export const jurisdictionSchema = z
  .string()
  .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, "is not an ISO 3166 code");

const clockSchema = z.strictObject({
  jurisdiction: jurisdictionSchema,
  acknowledgeDays: digits,
  decideDays: digits,
  /** What the days to decide count from: the notice, or its acknowledgement. */
  decideFrom: z.enum(["notice", "acknowledgement"]),
  payDays: digits,
});
/** How many days of 24 hours a jurisdiction gives an insurer to acknowledge, to decide and to pay. */
export type Clock = z.output<typeof clockSchema>;

export const clocksSchema = z.strictObject({
  home: jurisdictionSchema,
  clocks: z.array(clockSchema).min(1).max(64),
});
export type Clocks = z.output<typeof clocksSchema>;

/** A tenant: an insurer, or an intake that only receives claims (no policies, packs or payouts). */
export interface InsurerState {
  readonly insurer: string;
  readonly kind: "insurer" | "intake";
  readonly simulation: boolean;
  readonly currency: Currency;
  /** Digests of the verifier keys in force: every command reads this row, and a key has up to 2 kB. */
  readonly keys: readonly string[];
  readonly bands: readonly Band[];
  /** Version of the record that published the bands in force; 0 before the first. */
  readonly bandsVersion: bigint;
  /** Who pays, bands of the other heads and the hours a changed payee cools off, with the version of the record that published them. */
  readonly payments?: {
    readonly payer: BankParty;
    readonly heads: Readonly<Record<OtherHead, readonly Band[]>>;
    readonly coolingOffHours: bigint;
    readonly version: bigint;
  };
  /** The retention schedule in force, with the version of the record that published it. */
  readonly retention?: { readonly schedule: Retention; readonly version: bigint };
  /** The statutory clocks in force, with the version of the record that published them. */
  readonly clocks?: (Clocks & { readonly version: bigint }) | undefined;
  /** Where the last period ended whose control totals were recorded. */
  readonly totals?: RecordedTotals | undefined;
  /** The last reconciliation with banks that was recorded. */
  readonly reconciliation?: { readonly number: bigint; readonly day: Day } | undefined;
  /** The QLDB journals that were imported to their end. */
  readonly journals?: readonly ImportedStrand[] | undefined;
}

/** A journal that was imported: which, and the digest its blocks lead to, in base64. */
export interface ImportedStrand {
  readonly strandId: string;
  readonly blocks: bigint;
  readonly digest: string;
}
/** Most journals of one insurer: every command reads its row. */
export const mostJournals = 16;

/** Which period control totals were recorded of last, and where it ended: after the log's first `to` entries. */
export interface RecordedTotals {
  readonly period: string;
  readonly to: bigint;
}

export const bandSchema = z.strictObject({ upTo: digits, approvers: digits });
const someBands = z.array(bandSchema).max(8);
/** Bands of every head beside indemnity. */
export const otherBandsSchema = z.strictObject({
  interest: someBands,
  expense: someBands,
  "ex-gratia": someBands,
});
/** An ML-DSA-44 verifier key of the longest name has 2,017 characters. */
const maxKeyLength = 2_048;
const maxKeys = 8;
/** The verifier keys that sign a log (C2SP signed-note vkeys). */
export const logKeysSchema = z.array(z.string().max(maxKeyLength)).min(1).max(maxKeys);

/** SHA-256 of a verifier key's text, in hexadecimal. */
export const keyDigest = (key: string): string => toHex(sha256(utf8(key)));

const genesisSchema = () =>
  z.strictObject({
    insurer: z.string().regex(/^[a-z0-9-]{1,63}$/),
    kind: z.enum(["insurer", "intake"]),
    simulation: z.boolean(),
    currency: currencySchema,
    keys: logKeysSchema,
  });
export const genesisForm = eventForm("log.genesis", genesisSchema);
export type Genesis = z.output<ReturnType<typeof genesisSchema>>;

export const bandsSchema = z.strictObject({
  currency: currencySchema,
  bands: z.array(bandSchema).min(1).max(8),
});
export type Bands = z.output<typeof bandsSchema>;
/** Who published something, in its record: the person, by their handle; null: a machine, when the log was opened. */
export const publishedBy = { by: handleSchema.nullable() };
const publishedBandsSchema = () => bandsSchema.extend(publishedBy);
export const bandsForm = eventForm("bands.published", publishedBandsSchema);
export type PublishedBands = z.output<ReturnType<typeof publishedBandsSchema>>;

export const insurerForms: readonly EventForm<string, never>[] = [
  genesisForm as unknown as EventForm<string, never>,
  bandsForm as unknown as EventForm<string, never>,
];

/** Opens a log: record 0 fixes who the insurer is, whether the log is a simulation, and which keys sign it. */
export const openLog = (stream: string, genesis: Genesis): DomainEvent =>
  eventOf(genesisForm, stream, genesis);

/** Simulated persons act only in simulation logs. */
export const refuseSimulated = ({ state }: Seen<InsurerState>, act: Act): Refusal | undefined =>
  act.kind === "simulated" && !state.simulation
    ? refuse("simulation-only", "Simulated persons act only in simulation logs.")
    : undefined;

/** Who publishes what an insurer goes by: a person; a machine what is the `first` of its kind, when the log is opened. */
export function publisherOf(
  insurer: Seen<InsurerState>,
  first: boolean,
  act: Act,
): { readonly by: Handle | null } | Refusal {
  const by = personOf(act) ?? null;
  if (by === null && !first) {
    return refuse("person-required", "A person changes what the insurer goes by.");
  }
  return refuseSimulated(insurer, act) ?? { by };
}

/** Most persons a band asks for beside the maker: a payout remembers eight. */
const mostApprovers = 7n;

/** Publishes authority bands in the insurer's currency: amounts ascending, never fewer persons for more money. */
export function publishBands(
  insurer: Seen<InsurerState>,
  bands: Bands,
  act: Act,
): DomainEvent | Refusal {
  if (insurer.state.kind === "intake") return refuse("kind-has-none", "An intake pays nothing.");
  if (bands.currency !== insurer.state.currency) {
    return refuse("currency-mismatch", "Bands are in the insurer's currency.", "currency");
  }
  const bad = refuseBands(bands.bands, "bands");
  if (bad) return bad;
  const publisher = publisherOf(insurer, insurer.state.bandsVersion === 0n, act);
  if (isRefusal(publisher)) return publisher;
  return eventOf(bandsForm, insurer.stream, { ...bands, ...publisher });
}

/** Why bands can't be an authority table; undefined where amounts ascend and no higher one asks for fewer persons. */
export function refuseBands(bands: readonly Band[], field: string): Refusal | undefined {
  const ascending = bands.every(({ upTo, approvers }, index) => {
    const before = bands[index - 1];
    const rising = !before || (upTo > before.upTo && approvers >= before.approvers);
    return rising && approvers <= mostApprovers;
  });
  return ascending
    ? undefined
    : refuse("wrong-state", "Bands ascend, and a higher one asks for no fewer people.", field);
}

/** The insurer after `event`. */
export function evolveInsurer(
  state: InsurerState | undefined,
  event: DomainEvent,
  version: bigint,
): InsurerState {
  if (event.type === genesisForm.type) {
    const { keys, ...opened } = event.content as Genesis;
    return { ...opened, keys: keys.map(keyDigest), bands: [], bandsVersion: 0n };
  }
  if (!state) throw new Error("bug: a log starts with its genesis");
  if (event.type === "totals.recorded") {
    const { period, to } = event.content as RecordedTotals;
    return { ...state, totals: { period, to } };
  }
  if (event.type === "reconciliation.recorded") {
    const { number, day } = event.content as NonNullable<InsurerState["reconciliation"]>;
    return { ...state, reconciliation: { number, day } };
  }
  if (event.type === "payments.published") {
    const { payer, heads, coolingOffHours } = event.content as NonNullable<
      InsurerState["payments"]
    >;
    return { ...state, payments: { payer, heads, coolingOffHours, version } };
  }
  if (event.type === "retention.published") {
    const { schedule } = event.content as { schedule: Retention };
    return { ...state, retention: { schedule, version } };
  }
  if (event.type === "clocks.published") {
    const { home, clocks } = event.content as Clocks;
    return { ...state, clocks: { home, clocks, version } };
  }
  if (event.type === "openings.disclosed") return state;
  if (event.type === "journal.imported") {
    const { strandId, blocks, digest } = event.content as ImportedStrand;
    return { ...state, journals: [...(state.journals ?? []), { strandId, blocks, digest }] };
  }
  if (event.type === "keys.published") {
    const { keys } = event.content as Pick<Genesis, "keys">;
    return { ...state, keys: keys.map(keyDigest) };
  }
  return { ...state, bands: (event.content as Bands).bands, bandsVersion: version };
}

/** How an insurer's state is kept. */
export const insurerStateSchema = lazily(() =>
  z.strictObject({
    insurer: z.string().max(63),
    kind: z.enum(["insurer", "intake"]),
    simulation: z.boolean(),
    currency: currencySchema,
    keys: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(maxKeys),
    bands: someBands,
    bandsVersion: digits,
    payments: z
      .strictObject({
        payer: bankPartySchema,
        heads: otherBandsSchema,
        coolingOffHours: digits,
        version: digits,
      })
      .optional(),
    retention: z
      .strictObject({
        schedule: z
          .array(z.strictObject({ class: z.enum(partClasses), days: digits }))
          .max(partClasses.length),
        version: digits,
      })
      .optional(),
    clocks: clocksSchema.extend({ version: digits }).optional(),
    totals: z.strictObject({ period: z.string().max(10), to: digits }).optional(),
    reconciliation: z.strictObject({ number: digits, day: dayCodec }).optional(),
    journals: z
      .array(
        z.strictObject({
          strandId: z.string().max(64),
          blocks: digits,
          digest: z.string().max(44),
        }),
      )
      .max(mostJournals)
      .optional(),
  }),
);
