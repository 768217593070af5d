import type { ClockCount } from "../../shared/audit/clock-watch.ts";
import { byPlace, type Finding, finding } from "../../shared/audit/finding.ts";
import type { LogVerdict } from "../../shared/audit/fold-log.ts";
import type { ImportCount } from "../../shared/audit/imported-journals.ts";
import type { FileCount } from "../../shared/audit/payment-files.ts";
import type { Acts, Tally } from "../../shared/audit/tally.ts";
import { ledgerOf, verifyLedger } from "../../shared/audit/verify-ledger.ts";
import { verifyLog } from "../../shared/audit/verify-log.ts";
import type { Trust } from "../../shared/audit/verify-notes.ts";
import { toHex } from "../../shared/base/bytes.ts";
import { assert, Malformed } from "../../shared/base/malformed.ts";
import type { Checkpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import type { OpenBundle } from "../bundle/open.ts";
import { originOf } from "../bundle/trust.ts";
import { type Paired, pairTrusts } from "./pair-trusts.ts";

/** The verdict on a whole bundle, with the JSON keys of `audit verify --json`. */
export interface Verdict {
  readonly ok: boolean;
  readonly anchored: boolean;
  readonly logs: readonly {
    readonly origin: string;
    readonly size: number;
    readonly root: string;
  }[];
  readonly entries: number;
  readonly decisions: number;
  readonly reexecuted: number;
  readonly withheld: number;
  readonly erased: number;
  readonly holes: number;
  /** Acts of any type that are sealed, decisions among them, and how many were made again. */
  readonly acts: Acts;
  /** Payment files that open releases name, and how many were made again and compared. */
  readonly payments: FileCount;
  /** Clocks that ran out, as the logs record, and of how many claims nobody can tell whether such a record is missing. */
  readonly clocks: ClockCount;
  /** Revisions of QLDB documents that the logs imported, and how many prove in their journal's digest. */
  readonly imports: ImportCount;
  readonly findings: readonly Finding[];
  /** Only where the auditor gave notes of an earlier audit: what came after each. */
  readonly since?: readonly Since[];
  /** Only of a log at an address: what could not be looked at, and a bundle would show. */
  readonly unchecked?: readonly Unchecked[];
}

/** What an address does not show: every note but the newest; without a token the entries, hence the keys they name; openings and packs. */
export const uncheckedKinds = [
  "earlier-notes",
  "entries",
  "keys-in-force",
  "openings",
  "packs",
] as const;
export type Unchecked = (typeof uncheckedKinds)[number];

/** What one log's audit says of the entries after the auditor's own note: `size` entries were there then, `entries` are new. */
export interface Since extends Tally {
  readonly origin: string;
  readonly size: string;
  /** Findings on entries after the note, and those of no entry. */
  readonly findings: number;
}

/** What an auditor may ask beside the bundle and its policies. */
export interface Questions {
  /** Their own notes of an earlier audit, by origin. */
  readonly from?: ReadonlyMap<string, Checkpoint>;
  /** Whether an act that is not re-executed, for whatever reason, is a finding. */
  readonly requireFull?: boolean;
}

/** How one log is verified: here, or somewhere with a processor of its own. */
export type VerifyLog = typeof verifyLog;

/** How a bundle's logs are verified here: each by itself, or all of them in the one ledger that holds them. */
export function verifierOf(sources: OpenBundle["sources"]): VerifyLog {
  const whole = ledgerOf(sources);
  return whole ? (ledger, ...rest) => verifyLedger(ledger, whole.logs, ...rest) : verifyLog;
}

/**
 * Verifies every log of `bundle`. `trusts` are the auditor's trust policies by origin; undefined: unanchored. With them, a log without a
 * policy and a policy without its log are findings; a bundle without any log always is.
 */
export async function verifyBundle(
  bundle: OpenBundle,
  trusts: ReadonlyMap<string, Trust> | undefined,
  progress: (entries: number) => void,
  verify: VerifyLog = verifierOf(bundle.sources),
  { from = new Map(), requireFull = false }: Questions = {},
): Promise<Verdict> {
  const whole = ledgerOf(bundle.sources);
  const sources = whole ? [whole.ledger] : bundle.sources;
  const { pairs, unpaired } = await pairTrusts(sources, trusts ?? new Map());
  // The longest log first, so that no worker is left with it alone at the end.
  const bySize = [...pairs].sort((a, b) => b.source.files().length - a.source.files().length);
  const pending = new Map(
    bySize.map(({ source, trust, origin }) => {
      const note = origin === undefined ? undefined : from.get(origin);
      const named = trust && originOf(trust);
      return [source.insurer, verify(source, named, trust, progress, note)] as const;
    }),
  );
  const answers = await Promise.all(pairs.map(({ source }) => pending.get(source.insurer)));
  const verdicts = answers.filter((verdict) => verdict !== undefined);
  const origins = new Map(verdicts.map(({ origin }, at) => [pairs[at]?.source.insurer, origin]));
  const findings = [
    ...missing(pairs, unpaired, trusts !== undefined, from),
    ...(requireFull ? verdicts.flatMap(notFull) : []),
    ...bundle.findings,
  ].map((found) => ({ ...found, origin: origins.get(found.origin) ?? found.origin }));
  findings.push(...verdicts.flatMap((verdict) => verdict.findings));
  return {
    ok: findings.length === 0,
    anchored: trusts !== undefined,
    logs: verdicts.map(({ origin, size, root }) => ({
      origin,
      size: safeNumber(size),
      root: toHex(root),
    })),
    ...sums(verdicts),
    acts: {
      sealed: verdicts.reduce((sum, { acts }) => sum + acts.sealed, 0),
      reexecuted: verdicts.reduce((sum, { acts }) => sum + acts.reexecuted, 0),
    },
    payments: {
      files: verdicts.reduce((sum, { payments }) => sum + payments.files, 0),
      rederived: verdicts.reduce((sum, { payments }) => sum + payments.rederived, 0),
    },
    clocks: {
      breaches: verdicts.reduce((sum, { clocks }) => sum + clocks.breaches, 0),
      unread: verdicts.reduce((sum, { clocks }) => sum + clocks.unread, 0),
    },
    imports: {
      revisions: verdicts.reduce((sum, { imports }) => sum + imports.revisions, 0),
      proven: verdicts.reduce((sum, { imports }) => sum + imports.proven, 0),
      unread: verdicts.reduce((sum, { imports }) => sum + imports.unread, 0),
    },
    findings: findings.sort(byPlace),
    ...(from.size > 0 ? { since: verdicts.flatMap((verdict) => sinceOf(verdict, from)) } : {}),
  };
}

/** What is there on one side only: logs without a policy, policies and own notes without a log. Origins of logs are their folders' names. */
function missing(
  pairs: readonly Paired[],
  unpaired: readonly string[],
  anchored: boolean,
  from: ReadonlyMap<string, Checkpoint>,
): Finding[] {
  const untrusted = anchored ? pairs.filter(({ trust }) => trust === undefined) : [];
  const none = pairs.length === 0 && unpaired.length === 0 && from.size === 0;
  const there = new Set([...pairs.map(({ origin }) => origin), ...unpaired]);
  return [
    ...untrusted.map(({ source: { insurer: file } }) =>
      finding(file, "policy-missing", { file }, "a trust policy", "none"),
    ),
    ...unpaired.map((origin) =>
      finding(origin, "log-missing", {}, "a log for this trust policy", "none"),
    ),
    ...[...from].flatMap(([origin, { size }]) =>
      there.has(origin)
        ? []
        : [finding(origin, "log-missing", {}, `the log of a note of size ${size}`, "none")],
    ),
    ...(none ? [finding("", "log-missing", {}, "at least one log", "none")] : []),
  ];
}

function sums(verdicts: readonly LogVerdict[]): Tally {
  const sum = (key: keyof Tally) => verdicts.reduce((total, { tally }) => total + tally[key], 0);
  return {
    entries: sum("entries"),
    decisions: sum("decisions"),
    reexecuted: sum("reexecuted"),
    withheld: sum("withheld"),
    erased: sum("erased"),
    holes: sum("holes"),
  };
}

/** A size as a JSON number: no log that an auditor could read is beyond 2^53. */
function safeNumber(size: bigint): number {
  assert(size <= BigInt(Number.MAX_SAFE_INTEGER), "a log's size is a safe integer");
  return Number(size);
}

function notFull({ origin, acts, tally }: LogVerdict): Finding[] {
  const closed = acts.sealed - acts.reexecuted;
  if (closed === 0) return [];
  const { decisions, reexecuted } = tally;
  const found = `${closed} not, ${decisions - reexecuted} of them decisions`;
  return [finding(origin, "not-full", {}, `all ${acts.sealed} acts re-executed`, found)];
}

function sinceOf(
  { origin, since, findings }: LogVerdict,
  from: ReadonlyMap<string, Checkpoint>,
): Since[] {
  const note = from.get(origin);
  if (!since || !note) return [];
  const late = findings.filter(({ index }) => index === null || BigInt(index) >= note.size);
  return [{ origin, size: note.size.toString(), ...since, findings: late.length }];
}

/** The key names and ids on each log's newest note: all an unanchored verdict can show of who signed. */
export async function fingerprints(bundle: OpenBundle): Promise<string[]> {
  const lines: string[] = [];
  for (const source of bundle.sources) {
    const bytes = await source.checkpoint();
    if (!bytes) continue;
    try {
      for (const { name, keyId } of parseNote(bytes, "note").signatures) {
        lines.push(`${name}+${keyId.toString(16).padStart(8, "0")}`);
      }
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      lines.push(`${source.insurer}: a note that can't be read`);
    }
  }
  return lines;
}
