import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { Decided } from "../../shared/claim/decided.ts";
import type { ClaimWorld } from "../../shared/claim/world.ts";
import { adjudicate } from "../adjudicator/adjudicate.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { each } from "../command/each.ts";
import { patiently } from "../command/patiently.ts";
import type { Appended } from "../command/transaction.ts";

/** What a re-adjudication did: claims by what the pack said now, and those it had no say in. */
export interface Readjudicated {
  readonly pack: Handle;
  readonly version: bigint;
  readonly decided: Readonly<Record<"PAY" | "PAY_PART" | "REFER", number>>;
  /** Looked at and left alone: of another pack, of none, decided under this version already, or by somebody meanwhile. */
  readonly left: number;
}

/** How a re-adjudication is run: claims under way at once, and who is told of each claim looked at, with its new decision if it has one. */
export interface Running {
  readonly width?: number;
  readonly progress?: (claim: Handle, decided: Appended | undefined) => void;
}

const page = 500;
/** After so many claims that failed there is no use in trying the next. */
const mostFailures = 10;

/**
 * Has the newest version of the pack on stream `pack` decide again what an older one referred. Each claim is one transaction of its own and its
 * decision names the one it supersedes, so nothing else has to be remembered: run again, after a kill or for no reason, it finds what is left. A
 * claim that fails holds up no other, up to ten; the first error is thrown when all were tried.
 */
export async function readjudicate(
  ports: CommandPorts,
  insurer: string,
  pack: Handle,
  { width = 8, progress = () => undefined }: Running = {},
): Promise<Readjudicated | Refusal> {
  const newest = await newestOf(ports, insurer, pack);
  if (isRefusal(newest)) return newest;
  const isOurs = ({ claim, cover }: ClaimWorld): boolean =>
    claim.state.status === "referred" && cover?.pack.stream === pack;
  const decided = { PAY: 0, PAY_PART: 0, REFER: 0 };
  let left = 0;
  const failures: unknown[] = [];
  const work = async (claim: Handle): Promise<void> => {
    if (failures.length >= mostFailures) return;
    try {
      const answer = await patiently(ports, () => adjudicate(ports, insurer, claim, isOurs));
      const done = isRefusal(answer) ? undefined : answer;
      if (done) decided[(done.event.content as Decided).outcome as keyof typeof decided]++;
      else left++;
      progress(claim, done);
    } catch (error) {
      failures.push(error);
    }
  };
  for (let after: Handle | "" = ""; ; ) {
    const claims = await ports.store.claimsAfter(insurer, "referred", after, page);
    after = claims.at(-1) ?? "";
    await each(claims, width, work);
    if (after === "" || failures.length >= mostFailures) break;
  }
  if (failures.length > 0) throw failures[0];
  return { pack, ...newest, decided, left };
}

async function newestOf(
  ports: CommandPorts,
  insurer: string,
  pack: Handle,
): Promise<{ readonly version: bigint } | Refusal> {
  return commitCommand(ports, insurer, ports.clock(), async (transaction) => {
    const found = await transaction.stream("pack", pack);
    return found ? { version: found.state.version } : refuse("no-pack", "There is no such pack.");
  });
}
