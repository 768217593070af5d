import { dayOf } from "../base/day.ts";
import type { Pack } from "../coverage/pack.ts";
import type { Explained, LetterHead } from "./decision.ts";
import { sayDay, wrap } from "./say.ts";

/** How to ask for a person, and how to appeal and by when. */
export function rights(
  { claim, insurer, actor }: LetterHead,
  { outcome, now }: Explained,
  pack: Pack | undefined,
): string[] {
  if (outcome === "REFER") {
    const text =
      "Nothing has been refused. Rules may pay, reduce by arithmetic the policy states, or pass a claim on: only a person can refuse one. You may send that person whatever you think they should know. When they have decided you get another letter, and can appeal then.";
    return [wrap("  ", text)];
  }
  const machine =
    "No person took part in this decision. You may ask that a person looks at it, say what you think and contest it (where it applies, Article 22(3) GDPR). It costs nothing.";
  const who = actor === "machine" ? "A person" : "Another person than the one who decided";
  const appeal = `To appeal, write to the insurer (${insurer}), name claim ${claim} and say why; new evidence may come with it. ${who} will decide, and this decision stays on record beside theirs.`;
  return [
    ...(actor === "machine" ? [wrap("  ", machine)] : []),
    wrap("  ", appeal),
    wrap("  ", lastDay(now, pack)),
  ];
}

function lastDay(now: Explained["now"], pack: Pack | undefined): string {
  const { appeal } = pack ?? {};
  if (!appeal) return "No last day is set for an appeal.";
  const { withinDays, citation } = appeal;
  const day = sayDay(dayOf(now) + BigInt(withinDays));
  const late =
    "One that comes later is received all the same and recorded with its day; a person decides whether it is heard.";
  return `The last day for an appeal is ${day}. ${citation.clause}: "${citation.text}" ${late}`;
}
