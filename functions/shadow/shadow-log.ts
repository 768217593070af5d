import { foldLog } from "../../shared/audit/fold-log.ts";
import { Shadow, type ShadowTally } from "../../shared/audit/shadow.ts";
import type { CompiledPack } from "../../shared/coverage/compile.ts";
import type { PastLog } from "./past-log.ts";

/** What a pack would have decided in one log. */
export interface ShadowedLog {
  readonly origin: string;
  readonly shadow: ShadowTally;
  /** Decisions whose records are closed to whoever runs this, erased, or missing. */
  readonly withheld: number;
  readonly erased: number;
  readonly holes: number;
  /** What the audit found wrong: the past is not as it was recorded. */
  readonly findings: number;
}

/** Runs `pack` over one log by the auditor's own fold. */
export async function shadowLog(
  { source }: PastLog,
  pack: CompiledPack,
  progress: (entries: number) => void,
): Promise<ShadowedLog> {
  const shadow = new Shadow(pack);
  const { verdict } = await foldLog(source, undefined, undefined, progress, {
    onlooker: (fold, act) => shadow.see(fold, act),
  });
  const { withheld, erased, holes } = verdict.tally;
  const findings = verdict.findings.length;
  return { origin: verdict.origin, shadow: shadow.tally, withheld, erased, holes, findings };
}
