import type { Day } from "../base/day.ts";
import { type Adjudication, adjudicate } from "./adjudicate.ts";
import { caseFacts } from "./cases.ts";
import type { CompiledPack } from "./compile.ts";

/** A golden case of an earlier version that a later one answers to the insured's disadvantage. */
export interface WorseCase {
  readonly name: string;
  readonly earlier: string;
  readonly later: string;
}

/**
 * The golden cases of `earlier`, of the days that `taken` says the later version takes from it, that come out worse: less is paid, or what was
 * paid is referred. It shows nothing of claims that no golden case is like.
 */
export function worseCases(
  earlier: CompiledPack,
  later: CompiledPack,
  taken: (day: Day) => boolean,
): readonly WorseCase[] {
  return earlier.pack.cases.flatMap(({ name, facts }) => {
    const stated = caseFacts(earlier.pack.dateBasis, facts);
    if (!taken(stated.basisDay)) return [];
    const [before, after] = [adjudicate(earlier, stated), adjudicate(later, stated)];
    if (before.minor <= after.minor && (before.outcome === "REFER" || after.outcome !== "REFER")) {
      return [];
    }
    return [{ name, earlier: saysOf(before), later: saysOf(after) }];
  });
}

const saysOf = ({ outcome, minor, reasonCode }: Adjudication): string =>
  `${outcome} ${minor} ${reasonCode}`;
