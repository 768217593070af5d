import type { Pack } from "../coverage/pack.ts";
import type { Explained, LetterHead } from "./decision.ts";
import { reasonSentence } from "./reasons.ts";
import { sayInstant, sayMoney, wrap } from "./say.ts";

/** What was decided, in one sentence, under the letter's head. */
export function opening({ claim, insurer }: LetterHead, decision: Explained): string[] {
  const head = `DECISION ON CLAIM ${claim}\n${insurer}, ${sayInstant(decision.now)}`;
  return [head, wrap("", result(decision))];
}

function result({ outcome, award, reductions }: Explained): string {
  const amount = sayMoney(award);
  if (outcome === "REFER") {
    return "The claim goes to a person: nothing is paid yet and nothing is refused.";
  }
  if (outcome === "DENY") return "We do not pay: a person has refused the claim.";
  if (outcome === "PAY") return `We pay ${amount}, all that was claimed.`;
  const cut = reductions.reduce((sum, each) => sum + each.amount.minor, 0n);
  const claimed = sayMoney({ ...award, minor: award.minor + cut });
  return `We pay ${amount} of the ${claimed} claimed.`;
}

/** A machine by which rules, or a person; a simulated one is said to be one. */
export function whoDecided(
  { actor }: LetterHead,
  decision: Explained,
  pack: Pack | undefined,
): string[] {
  const { command, supersedes } = decision;
  const lines = [
    wrap("  ", command.kind === "adjudicate" ? byMachine(decision, pack) : byPerson(actor)),
  ];
  if (command.kind === "rule") {
    const { fileOpenedAt, documentsOpened } = command.ruling;
    const count = documentsOpened.length;
    const records = count === 1 ? "1 record" : `${count === 0 ? "no" : count} records`;
    lines.push(
      wrap(
        "  ",
        `The file was opened on ${sayInstant(fileOpenedAt)}, and ${records} of it ${count === 1 ? "was" : "were"} noted as opened.`,
      ),
    );
  }
  if (supersedes !== null) {
    lines.push(wrap("  ", `This decision replaces the one in record ${supersedes} of this claim.`));
  }
  return lines;
}

function byMachine({ trace }: Explained, pack: Pack | undefined): string {
  if (!pack || trace.length === 0) {
    return "A machine passed the claim on without applying any rules. No person took part.";
  }
  return `A machine applied the rules "${pack.title}" (${pack.id}, version ${pack.version}). No person took part.`;
}

const byPerson = (actor: LetterHead["actor"]): string =>
  actor === "simulated"
    ? "A SIMULATED person, made up for a demonstration, decided this claim: no human being did."
    : "A person who works for the insurer decided this claim, not a machine.";

/** The reason, with the clause it rests on or in the decider's own words. */
export function whyDecided({ outcome, reasonCode, citation, command }: Explained): string[] {
  const what = outcome === "REFER" ? "What made it go to a person" : "The reason";
  // A code that cites a clause is the pack's own, and the clause says what it means.
  const means = citation
    ? `${citation.clause}: "${citation.text}"`
    : (reasonSentence(reasonCode) ?? "no clause is cited.");
  const lines = [wrap("  ", `${what}, ${reasonCode}: ${means}`)];
  if (command.kind === "rule") {
    lines.push(wrap("  ", `In the words of who decided: "${command.ruling.reason}"`));
  }
  return lines;
}
