import { importedDocuments } from "../../../functions/operator/imported-document.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { openOperator } from "../../platform/open-operator.ts";
import { platformFolder } from "../../terminal/platform-folder.ts";
import { Unreadable } from "../../terminal/reading.ts";
import { exits, Misused, verb } from "../../terminal/verb.ts";

/** `import qldb-document ID --insurer ID`: under which handles a document of a QLDB ledger is in the insurer's log, for who would erase it. */
export const qldbDocumentVerb = verb({
  name: "qldb-document",
  usage: ["qldb-document ID --insurer ID [--strand ID] [--data FOLDER] [--json]"],
  options: {
    insurer: { type: "string" },
    strand: { type: "string" },
    data: { type: "string" },
  },
  operands: [1, 1],
  run: async (terminal, given, [documentId = ""], env) => {
    const { insurer, strand, data = platformFolder } = given;
    if (insurer === undefined)
      throw new Misused("qldb-document needs --insurer ID: whose log it is");
    const access = await openOperator(terminal, data, env);
    try {
      if (!(await access.ports.store.insurers()).includes(insurer)) {
        throw new Unreadable(`there is no insurer ${insurer}`);
      }
      const found = await importedDocuments(access.ports, insurer, documentId, strand);
      for (const { strandId, stream, person, revisions, erased } of found) {
        const state = erased ? "erased" : `to be erased as person ${person}`;
        terminal.line(`✓ strand ${strandId}: stream ${stream}, ${revisions} revisions, ${state}`);
      }
      if (found.length === 0) {
        terminal.line(`✗ no imported document of that id is in the log of ${insurer}`);
      }
      terminal.result({
        documents: found.map((each) => ({ ...each, revisions: Number(each.revisions) })),
      });
      return found.length > 0 ? exits.ok : exits.found;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      throw new Unreadable(error.message, { cause: error });
    } finally {
      await access.stop();
    }
  },
});
