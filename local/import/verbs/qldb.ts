import { importedBefore } from "../../../functions/operator/import-journal.ts";
import { toBase64 } from "../../../shared/base/bytes.ts";
import type { ImportedStrand } from "../../../shared/policy/insurer.ts";
import { mostSaved } from "../../../shared/policy/journal.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { openExport } from "../../audit/qldb-export.ts";
import {
  exportJson,
  isWhole,
  readSavedDigest,
  showExport,
} from "../../audit/verbs/qldb-journal.ts";
import { openOperator } from "../../platform/open-operator.ts";
import type { OperatorAccess } from "../../platform/operator-access.ts";
import { grouped } from "../../terminal/amount.ts";
import { platformFolder } from "../../terminal/platform-folder.ts";
import { Unreadable } from "../../terminal/reading.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { exits, Misused, verb } from "../../terminal/verb.ts";
import { type Outcome, recordExport, type Task } from "../record.ts";
import { type Survey, surveyExport } from "../survey.ts";

/** Reasons shown on a terminal; `--json` has more. */
const mostShown = 20;

/** `import qldb DIR --insurer ID`: the documents of a QLDB journal export enter the insurer's log, each revision with its hash and proof. */
export const qldbVerb = verb({
  name: "qldb",
  usage: ["qldb DIR --insurer ID [--digest FILE]... [--data FOLDER] [--json]"],
  options: {
    insurer: { type: "string" },
    digest: { type: "string", multiple: true },
    data: { type: "string" },
  },
  operands: [1, 1],
  run: async (terminal, given, [folder = ""], env) => {
    const { insurer, digest = [], data = platformFolder } = given;
    if (insurer === undefined) throw new Misused("qldb needs --insurer ID: whose log it is");
    if (digest.length > mostSaved)
      throw new Misused(`--digest is given ${mostSaved} times at most`);
    const saved = digest.map(readSavedDigest);
    const exported = openExport(folder);
    const access = await openOperator(terminal, data, env);
    try {
      if (!(await access.ports.store.insurers()).includes(insurer)) {
        throw new Unreadable(`there is no insurer ${insurer}`);
      }
      const survey = surveyExport(terminal, exported, saved);
      return await run(terminal, access, { ports: access.ports, insurer, exported, saved, survey });
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      const again = "the import is not whole: run it again, and it goes on from here";
      throw new Unreadable(`${error.message}: ${again}`, { cause: error });
    } finally {
      await access.stop();
    }
  },
});

async function run(terminal: Terminal, { ports }: OperatorAccess, task: Task): Promise<number> {
  const { insurer, survey } = task;
  const { verdict } = survey;
  showExport(terminal, verdict);
  const strandId = verdict.journal.strandId ?? "";
  const before = await importedBefore(ports, insurer, strandId);
  const reasons = [...survey.reasons, ...otherDigest(survey, before)];
  if (!isWhole(verdict) || reasons.length > 0) return refuse(terminal, task, reasons);
  const outcome = before ? allThere(survey) : await recordExport(terminal, task);
  if (outcome.refused !== undefined) return refuse(terminal, task, [outcome.refused], outcome);
  const { recorded, already, erased } = outcome;
  const told = [
    `${grouped(recorded)} recorded`,
    ...(already > 0 ? [`${grouped(already)} there already`] : []),
    ...(erased > 0 ? [`${grouped(erased)} of documents that were erased`] : []),
  ];
  terminal.line(
    `✓ ${grouped(survey.documents)} documents, ${grouped(survey.revisions)} revisions are in the log of ${insurer}: ${told.join(", ")}`,
  );
  terminal.result({ ...answer(task, outcome), ok: true, reasons: [] });
  return exits.ok;
}

/** Why an export can't follow one that was imported to its end. */
function otherDigest({ tree }: Survey, before: ImportedStrand | undefined): string[] {
  if (!before || before.digest === toBase64(tree.root(tree.size))) return [];
  return [
    `this journal was imported to its end already: ${before.blocks} blocks with digest ${before.digest}`,
  ];
}

const allThere = ({ revisions }: Survey): Outcome => ({
  recorded: 0,
  already: revisions,
  erased: 0,
});

const nothing: Outcome = { recorded: 0, already: 0, erased: 0 };

function refuse(
  terminal: Terminal,
  task: Task,
  reasons: readonly string[],
  { recorded, already, erased }: Outcome = nothing,
): number {
  for (const reason of reasons.slice(0, mostShown)) terminal.line(`✗ ${reason}`);
  const more = Math.max(task.survey.refused, reasons.length) - mostShown;
  if (more > 0) terminal.line(`✗ and ${grouped(more)} more`);
  const begun = `the import is not whole: ${grouped(recorded)} revisions were recorded before that`;
  terminal.line(`✗ ${recorded === 0 ? "nothing was imported" : begun}`);
  terminal.result({
    ...answer(task, { recorded, already, erased }),
    ok: false,
    reasons,
  });
  return exits.found;
}

/** The answer as `--json` has it: the export's own, and what became of it here. */
const answer = ({ insurer, survey }: Task, outcome: Outcome): object => ({
  ...exportJson(survey.verdict),
  insurer,
  documents: survey.documents,
  revisions: survey.revisions,
  ...outcome,
});
