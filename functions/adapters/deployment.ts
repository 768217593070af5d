import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { utf8 } from "../../shared/base/bytes.ts";
import { dayOf } from "../../shared/base/day.ts";
import type { LogKeyType, VerifierKey } from "../../shared/log/key.ts";
import { parseWitnessPolicy, type WitnessPolicy } from "../../shared/log/witness-policy.ts";
import type { Principals } from "../../shared/ports/claims.ts";
import type { EvidenceStore } from "../../shared/ports/evidence.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { Rail } from "../../shared/ports/rail.ts";
import type { Uploads } from "../../shared/ports/uploads.ts";
import type { Witnesses } from "../../shared/ports/witnesses.ts";
import type { AuditorPorts } from "../auditor/ports.ts";
import type { ClaimantPorts } from "../claimant/endpoints.ts";
import { claimsPort } from "../command/claims-port.ts";
import type { CommandPorts } from "../command/commit.ts";
import { type PersonKeys, personKeys } from "../command/person-keys.ts";
import type { EraserPorts } from "../eraser/effects.ts";
import type { ExporterPorts } from "../exporter/core.ts";
import { wallClock } from "../http/clock.ts";
import type { ImporterPorts } from "../importer/core.ts";
import type { PublicPorts } from "../public/endpoints.ts";
import type { PublisherPorts } from "../publisher/ports.ts";
import { witnessingOf } from "../publisher/witnessing.ts";
import type { SelfAuditPorts } from "../self-audit/log-watch.ts";
import type { ShadowPorts } from "../shadow/ports.ts";
import { logKeysOf } from "../signer/sign-note.ts";
import { partCipher } from "./aes/part-cipher.ts";
import { awsLimits } from "./aws-limits.ts";
import { kmsDataKeys } from "./kms/data-keys.ts";
import { type Kms, openKms } from "./kms/open.ts";
import { kmsPublicKey } from "./kms/public-key.ts";
import { type Nudge, openNudge } from "./nudge.ts";
import { s3Evidence } from "./objects/evidence.ts";
import { publishedStore } from "./objects/published.ts";
import { s3Store } from "./objects/s3.ts";
import { openS3 } from "./objects/s3-client.ts";
import { s3Inbox } from "./objects/s3-inbox.ts";
import { shown } from "./objects/shown.ts";
import { s3Uploads } from "./objects/uploads.ts";
import { dsqlTokens, parseDsqlUrl, rotatingPool } from "./postgres/dsql.ts";
import { entryIndexes } from "./postgres/entry-indexes.ts";
import { eraserRows } from "./postgres/eraser-rows.ts";
import { exportRows } from "./postgres/export-rows.ts";
import { insurerRows } from "./postgres/insurer-rows.ts";
import { openPool, type Pool } from "./postgres/pool.ts";
import { postgresPrincipals } from "./postgres/principals.ts";
import { committedEntries } from "./postgres/publishing.ts";
import { databaseReady } from "./postgres/ready.ts";
import { postgresStore } from "./postgres/store.ts";
import { fileRail } from "./rail/file-rail.ts";
import { openTrail } from "./trail.ts";
import { httpWitnesses } from "./witness/http-witnesses.ts";

/** Variables by name; each function's env.ts lists the ones it has. */
export type Env<Name extends string> = Readonly<Record<Name, string>>;
/** The variables of a function that runs commands. */
export type Commanding = Env<
  | "DATABASE_URL"
  | "ORIGIN_PREFIX"
  | "PUBLISHED_BUCKET"
  | "LIVE_BUCKET"
  | "DATA_KEY_ID"
  | "WRAPPED_KEYS_BUCKET"
>;

/** The database that `url` names: `dsql://ROLE@ENDPOINT` with IAM tokens, else as PostgreSQL reads it. Malformed if it can't be read. */
export function openDatabase(url: string): Pool {
  const place = parseDsqlUrl(url);
  return place ? rotatingPool(dsqlTokens(place), Date.now) : openPool({ url, max: 4 });
}

/** A bucket as a store. */
export const openBucket = (name: string): ObjectStore => s3Store(openS3(awsLimits), name, "");

/** {@link openBucket} of published files, which a CDN serves as each says itself. */
const openShown = (name: string): ObjectStore => s3Store(shown(openS3(awsLimits)), name, "");

/** The two buckets of published files, locked and live, as one store to read. */
export const openPublished = (env: Env<"PUBLISHED_BUCKET" | "LIVE_BUCKET">): ObjectStore =>
  publishedStore(openBucket(env.PUBLISHED_BUCKET), openBucket(env.LIVE_BUCKET));

/** {@link openPublished} for whoever writes to it. */
export const openPublishing = (env: Env<"PUBLISHED_BUCKET" | "LIVE_BUCKET">): ObjectStore =>
  publishedStore(openShown(env.PUBLISHED_BUCKET), openShown(env.LIVE_BUCKET));

/** The variables of a function that knows the keys that sign. */
export type Signing = Env<"ED25519_KEY_IDS" | "MLDSA44_KEY_IDS">;

/** The KMS keys that sign checkpoints, each by `open`: each variable lists ids of one type, separated by commas, more than one while keys are replaced. */
export function signingKeys<Key>(
  env: Signing,
  open: (client: Kms, keyId: string, type: LogKeyType) => Key,
): readonly Key[] {
  const client = openKms();
  const each = (ids: string, type: LogKeyType) =>
    ids.split(",").map((id) => open(client, id, type));
  return [...each(env.ED25519_KEY_IDS, "ed25519"), ...each(env.MLDSA44_KEY_IDS, "mldsa44")];
}

/** The verifier keys of each log: their name the log's origin, the keys those that sign. */
export function openLogKeys(
  env: Signing & Env<"ORIGIN_PREFIX">,
): (insurer: string) => Promise<readonly VerifierKey[]> {
  const keys = signingKeys(env, kmsPublicKey);
  return (insurer) => logKeysOf(keys, `${env.ORIGIN_PREFIX}/${insurer}`);
}

/** What commands run on, in a Lambda function with these variables that decides no claim, so that no rule engine is in its bundle: a command that reads a pack is a bug of it. */
export function openUndecided(env: Commanding): CommandPorts & { readonly pool: Pool } {
  const keys = kmsDataKeys(openKms(), env.DATA_KEY_ID);
  const pool = openDatabase(env.DATABASE_URL);
  return {
    pool,
    store: postgresStore(pool),
    keys: personKeys(keys, openBucket(env.WRAPPED_KEYS_BUCKET)),
    cipher: partCipher,
    packs: { load: () => Promise.reject(new Error("bug: this function decides no claim")) },
    originOf: (insurer) => `${env.ORIGIN_PREFIX}/${insurer}`,
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
    clock: wallClock,
    sleep: (ms) => sleep(ms),
  };
}

/** What a function of the API has beside what it answers from: who may act where, and a nudge of the adjudicator. */
export interface Calling {
  readonly principals: Principals;
  readonly wake: Nudge;
}
/** {@link Calling} of a function with these variables. */
export const calling = (pool: Pool, env: Env<"NUDGE_QUEUE_URL">): Calling => ({
  principals: postgresPrincipals(pool),
  wake: openNudge(env),
});

/** What the claimant's function answers from. */
export function openClaimant(
  env: Commanding & Env<"NUDGE_QUEUE_URL" | "EVIDENCE_BUCKET">,
): Omit<ClaimantPorts, "pause"> & Calling {
  const { pool, ...commands } = openUndecided(env);
  const claims = claimsPort(commands, openPublished(env));
  return { ...calling(pool, env), claims, commands, evidence: openEvidence(env) };
}

/** Where files that were asked for are uploaded. */
export const openUploads = (env: Env<"JOBS_BUCKET">): Uploads =>
  s3Uploads(openS3(awsLimits), env.JOBS_BUCKET, wallClock);

/** What the importer runs commands on, and where uploads, progress and results lie. */
export function openImporter(env: Commanding & Env<"JOBS_BUCKET">): ImporterPorts {
  const { pool, ...ports } = openUndecided(env);
  const { desk } = insurerRows(pool);
  return { ...ports, desk, jobs: openBucket(env.JOBS_BUCKET), uploads: openUploads(env) };
}

/** The way to a bank that fetches payment files from a bucket and leaves its messages there. */
export function openFileRail(env: Env<"BANK_BUCKET">): Rail {
  const client = openS3(awsLimits);
  return fileRail(s3Store(client, env.BANK_BUCKET, "out/"), s3Inbox(client, env.BANK_BUCKET));
}

/** Where documents of claims lie. */
export const openEvidence = (env: Env<"EVIDENCE_BUCKET">): EvidenceStore =>
  s3Evidence(openS3(awsLimits), env.EVIDENCE_BUCKET, wallClock);

/** What the auditor's function answers from. */
export function openAuditor(
  env: Commanding & Env<"NUDGE_QUEUE_URL" | "AUDITING_BUCKET">,
): AuditorPorts & Calling {
  const { pool, ...commands } = openUndecided(env);
  return {
    ...calling(pool, env),
    commands,
    published: openPublished(env),
    auditing: openBucket(env.AUDITING_BUCKET),
  };
}

/** What whoever exports a log reads, as the database's auditor and with keys that only decrypt. */
function openExport(env: Omit<Commanding, "ORIGIN_PREFIX">): Omit<ExporterPorts, "auditing"> {
  const keys = kmsDataKeys(openKms(), env.DATA_KEY_ID);
  return {
    rows: exportRows(openDatabase(env.DATABASE_URL)),
    published: openPublished(env),
    keys: personKeys(keys, openBucket(env.WRAPPED_KEYS_BUCKET)),
    cipher: partCipher,
  };
}

/** What the exporter reads, and where it writes. */
export const openExporter = (
  env: Omit<Commanding, "ORIGIN_PREFIX"> & Env<"AUDITING_BUCKET">,
): ExporterPorts => ({ ...openExport(env), auditing: openBucket(env.AUDITING_BUCKET) });

/** What shadows of drafts read, and where they are kept. */
export const openShadow = (
  env: Omit<Commanding, "ORIGIN_PREFIX"> & Env<"JOBS_BUCKET">,
): ShadowPorts => ({
  ...openExport(env),
  jobs: openBucket(env.JOBS_BUCKET),
  sleep: (ms) => sleep(ms),
});

/** What the eraser deletes from: rows as the database's eraser, and every store that holds data of persons. */
export const openEraser = (
  env: Env<
    "ERASER_DATABASE_URL" | "SEALED_BUCKET" | "EVIDENCE_BUCKET" | "AUDITING_BUCKET" | "JOBS_BUCKET"
  >,
  keys: PersonKeys,
): EraserPorts => ({
  rows: eraserRows(openDatabase(env.ERASER_DATABASE_URL)),
  keys,
  sealed: openBucket(env.SEALED_BUCKET),
  evidence: openBucket(env.EVIDENCE_BUCKET),
  auditing: openBucket(env.AUDITING_BUCKET),
  jobs: openBucket(env.JOBS_BUCKET),
});

/** What the self-audit reads: rows as the database's auditor, the published log, and keys that open what records seal. */
export function openSelfAudit(env: Commanding & Signing): SelfAuditPorts & { readonly pool: Pool } {
  const pool = openDatabase(env.DATABASE_URL);
  const keys = kmsDataKeys(openKms(), env.DATA_KEY_ID);
  return {
    pool,
    rows: exportRows(pool),
    published: openPublished(env),
    keys: personKeys(keys, openBucket(env.WRAPPED_KEYS_BUCKET)),
    cipher: partCipher,
    logKeys: openLogKeys(env),
    originOf: (insurer) => `${env.ORIGIN_PREFIX}/${insurer}`,
  };
}

/**
 * The witnesses a checkpoint needs before it is shown: witness, group and quorum lines of a trust policy, undefined where it says `quorum none`. Malformed
 * where it can't be read, or its quorum can't be had from witnesses with a URL: a publisher that can't know whom to ask publishes nothing.
 */
export function openWitnesses({
  WITNESS_POLICY: text,
}: Env<"WITNESS_POLICY">): Witnesses | undefined {
  const policy = parseWitnessPolicy(utf8(text));
  return policy.quorum === "none" ? undefined : httpWitnesses(policy);
}

/** What the publisher copies from and to, and whom it asks to cosign. Malformed where its witness policy is: see {@link openWitnesses}. */
export function openPublisher(
  env: Signing &
    Env<"ORIGIN_PREFIX" | "PUBLISHED_BUCKET" | "LIVE_BUCKET" | "SEALED_BUCKET" | "WITNESS_POLICY">,
  pool: Pool,
  signerState: ObjectStore,
): PublisherPorts & { readonly witness: WitnessPolicy } {
  const witnesses = openWitnesses(env);
  return {
    witness: parseWitnessPolicy(utf8(env.WITNESS_POLICY)),
    committed: committedEntries(pool),
    published: openPublishing(env),
    live: openShown(env.LIVE_BUCKET),
    sealed: openBucket(env.SEALED_BUCKET),
    logKeys: openLogKeys(env),
    today: () => dayOf(wallClock()),
    tended: new Map(),
    trail: openTrail("publisher"),
    ...(witnesses && { witnessing: witnessingOf(witnesses, signerState) }),
  };
}

/** What the public function answers from: it holds no key. */
export function openPublicPorts(
  env: Env<"DATABASE_URL" | "PUBLISHED_BUCKET" | "LIVE_BUCKET">,
): PublicPorts & { readonly principals: Principals } {
  const pool = openDatabase(env.DATABASE_URL);
  return {
    principals: postgresPrincipals(pool),
    published: openPublished(env),
    indexes: entryIndexes(pool),
    ready: databaseReady(pool),
  };
}
