import type { Citation } from "../citation.ts";
import type { Pack } from "../pack.ts";
import { errorAt, type Unplaced, warningAt } from "./pack-finding.ts";

/** Words that stand where a clause is still to be written. */
const placeholder = /^\W*(tbd|tba|n\/?a|none|null|lorem ipsum.*|\.{2,}|\?+|-+|x+)?\W*$/i;

/** Clauses that are still to be written, and a limit that would cut an amount without a clause. */
export function citationFindings(pack: Pack): Unplaced[] {
  const cited = [
    ...pack.rules.map(({ citation }, index) => [`rules[${index}].citation`, citation] as const),
    ...(pack.limitCitation ? [["limitCitation", pack.limitCitation] as const] : []),
  ];
  const pays = pack.rules.some((rule) => rule.then !== "REFER");
  const unlimited = pays && !pack.limitCitation;
  return [
    ...cited.flatMap(([where, citation]) => unwritten(where, citation)),
    ...(unlimited
      ? [
          warningAt(
            "citation-missing",
            "",
            "has no limitCitation: where a policy's limit cuts an amount, the letter can name no clause",
            {
              help: "add limitCitation, the clause of the limit",
            },
          ),
        ]
      : []),
  ];
}

function unwritten(where: string, citation: Citation): Unplaced[] {
  const fields = ["clause", "text"] as const;
  return fields
    .filter((field) => placeholder.test(citation[field]))
    .map((field) =>
      errorAt(
        "citation-missing",
        `${where}.${field}`,
        "is no clause: whoever is refused or reduced must be told which",
      ),
    );
}
