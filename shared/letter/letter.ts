import { toHex, utf8 } from "../base/bytes.ts";
import type { Json } from "../base/canonical.ts";
import { sha256 } from "../base/sha256.ts";
import type { CompiledPack } from "../coverage/compile.ts";
import { type FactsRead, factsAgain } from "../coverage/facts-read.ts";
import { variablesOf } from "../coverage/question.ts";
import { counterfactuals } from "./counterfactual.ts";
import { factLines, inputsRead } from "./data-used.ts";
import type { Explained, LetterHead } from "./decision.ts";
import { opening, whoDecided, whyDecided } from "./opening.ts";
import { rights } from "./rights.ts";
import { factsTried, rulesApplied } from "./rules-applied.ts";
import { wrap } from "./say.ts";
import { sums } from "./sums.ts";
import { afterPerson, whatIf } from "./what-if.ts";

/**
 * The letter that explains a decision to the claimant (docs/letters.md): plain text, lines of 78 characters, one newline at its end. A function of
 * the record's head, the sealed decision and the pack whose hash it seals; undefined where there was none. Throws Malformed on a trace no pack gives.
 */
export function letterOf(
  head: LetterHead,
  decision: Explained,
  pack: CompiledPack | undefined,
): string {
  const read = readIn(decision.trace);
  const { currency } = decision.award;
  const tried = pack && read ? factsTried(pack, decision.trace) : undefined;
  const used = factLines(read ?? inputsRead(decision.inputs), currency, tried);
  const sections: [title: string, lines: string[]][] = [
    ["WHO DECIDED", whoDecided(head, decision, pack?.pack)],
    [
      read ? "THE DATA THE RULES WENT BY" : "THE DATA ON FILE",
      used.map((line) => wrap("  ", line)),
    ],
    ...(pack && read ? byRules(decision, pack, read) : byPerson(decision)),
    ["ASKING FOR A PERSON, AND APPEAL", rights(head, decision, pack?.pack)],
    ["THIS LETTER", [wrap("  ", provenance(pack))]],
  ];
  const text = sections.map(([title, lines]) => [title, ...lines].join("\n"));
  return `${[...opening(head, decision), ...text].join("\n\n")}\n`;
}

/** Lower-case hex SHA-256 of a letter's UTF-8 bytes: the field `letter` of its decision. */
export const letterHash = (letter: string): string => toHex(sha256(utf8(letter)));

/** What the pack read, where one was run: a trace begins with it. */
function readIn([first]: readonly Json[]): FactsRead | undefined {
  const { read } = (first ?? {}) as { readonly read?: FactsRead };
  return read;
}

function byRules(
  decision: Explained,
  pack: CompiledPack,
  read: FactsRead,
): [title: string, lines: string[]][] {
  const facts = factsAgain(pack.pack, read);
  const context = { pack: pack.pack, variables: variablesOf(pack, facts) };
  const { outcome, award } = decision;
  const changes =
    outcome === "PAY" || outcome === "DENY"
      ? undefined
      : counterfactuals(pack, facts, { outcome, minor: award.minor });
  const paid = outcome === "PAY" || outcome === "PAY_PART";
  return [
    ["THE RULES APPLIED, IN THIS ORDER", rulesApplied(pack, decision.trace, context)],
    ["WHY", whyDecided(decision)],
    ...(paid ? [["THE AMOUNT", sums(decision, facts.claim.claimed)] as [string, string[]]] : []),
    ...(changes
      ? [["WHAT WOULD HAVE CHANGED IT", whatIf(changes, pack.pack.currency)] as [string, string[]]]
      : []),
  ];
}

const byPerson = (decision: Explained): [title: string, lines: string[]][] => [
  ["WHY", whyDecided(decision)],
  ...(decision.outcome === "DENY" || decision.outcome === "PAY_PART"
    ? [["WHAT WOULD HAVE CHANGED IT", afterPerson(decision)] as [string, string[]]]
    : []),
];

const provenance = (pack: CompiledPack | undefined): string => {
  const rules = pack ? ` and the published rules with SHA-256 ${pack.hash}` : "";
  return `It was made by a fixed procedure from the record of the decision${rules}. The record seals the SHA-256 of this text as its field "letter": a receipt that opens that field shows that this is the letter.`;
};
