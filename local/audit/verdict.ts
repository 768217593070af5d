import type { Tally } from "../../shared/audit/entry-check.ts";
import { byPlace, type Finding, finding } from "../../shared/audit/finding.ts";
import type { LogVerdict } from "../../shared/audit/verify-log.ts";
import { verifyLog } from "../../shared/audit/verify-log.ts";
import type { Trust } from "../../shared/audit/verify-notes.ts";
import { toHex } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { Checkpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import type { OpenBundle } from "../bundle/open.ts";
import { originOf } from "../bundle/trust.ts";

/** The verdict on a whole bundle, with the JSON keys of `audit verify --json`. */
export interface Verdict {
  readonly ok: boolean;
  readonly anchored: boolean;
  readonly logs: readonly {
    readonly origin: string;
    readonly size: string;
    readonly root: string;
  }[];
  readonly entries: number;
  readonly decisions: number;
  readonly reexecuted: number;
  readonly withheld: number;
  readonly erased: number;
  readonly holes: number;
  readonly findings: readonly Finding[];
  /** Only where the auditor gave notes of an earlier audit: what came after each. */
  readonly since?: readonly Since[];
}

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

const insurerOf = (origin: string): string => origin.slice(origin.lastIndexOf("/") + 1);

/**
 * Verifies every log of `bundle`. `trusts` are the auditor's trust policies by file name; undefined: unanchored. With them, a log without a
 * policy and a policy without its log are findings.
 */
export async function verifyBundle(
  bundle: OpenBundle,
  trusts: ReadonlyMap<string, Trust> | undefined,
  progress: (entries: number) => void,
  verify: VerifyLog = verifyLog,
  { from = new Map(), requireFull = false }: Questions = {},
): Promise<Verdict> {
  const notes = new Map([...from.values()].map((note) => [insurerOf(note.origin), note]));
  const byInsurer = new Map<string, Trust>();
  for (const [name, trust] of trusts ?? [])
    byInsurer.set(insurerOf(originOf(trust) ?? name), trust);
  const pending = new Map<string, Promise<LogVerdict>>();
  const findings: Finding[] = [];
  // The longest log first, so that no worker is left with it alone at the end.
  const bySize = [...bundle.sources].sort((a, b) => b.files().length - a.files().length);
  for (const source of bySize) {
    const trust = byInsurer.get(source.insurer);
    const origin = trust && originOf(trust);
    if (trusts && !trust) {
      const at = { file: source.insurer };
      findings.push(finding(source.insurer, "policy-missing", at, "a trust policy", "none"));
    }
    pending.set(source.insurer, verify(source, origin, trust, progress, notes.get(source.insurer)));
  }
  const answers = await Promise.all(bundle.sources.map(({ insurer }) => pending.get(insurer)));
  const verdicts = answers.filter((verdict) => verdict !== undefined);
  const present = new Set(bundle.sources.map(({ insurer }) => insurer));
  for (const [insurer, trust] of byInsurer) {
    if (present.has(insurer)) continue;
    const origin = originOf(trust) ?? insurer;
    findings.push(finding(origin, "log-missing", {}, "a log for this trust policy", "none"));
  }
  for (const [insurer, { origin, size }] of notes) {
    if (present.has(insurer) || byInsurer.has(insurer)) continue;
    findings.push(finding(origin, "log-missing", {}, `the log of a note of size ${size}`, "none"));
  }
  if (requireFull) findings.push(...verdicts.flatMap(notFull));
  const origins = new Map(verdicts.map(({ origin }) => [insurerOf(origin), origin]));
  const unnamed = [...findings.splice(0), ...bundle.findings];
  findings.push(
    ...unnamed.map((found) => ({ ...found, origin: origins.get(found.origin) ?? found.origin })),
  );
  findings.push(...verdicts.flatMap((verdict) => verdict.findings));
  const sum = (key: "entries" | "decisions" | "reexecuted" | "withheld" | "erased" | "holes") =>
    verdicts.reduce((total, { tally }) => total + tally[key], 0);
  return {
    ok: findings.length === 0,
    anchored: trusts !== undefined,
    logs: verdicts.map(({ origin, size, root }) => ({
      origin,
      size: size.toString(),
      root: toHex(root),
    })),
    entries: sum("entries"),
    decisions: sum("decisions"),
    reexecuted: sum("reexecuted"),
    withheld: sum("withheld"),
    erased: sum("erased"),
    holes: sum("holes"),
    findings: findings.sort(byPlace),
    ...(from.size > 0 ? { since: verdicts.flatMap((verdict) => sinceOf(verdict, from)) } : {}),
  };
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
