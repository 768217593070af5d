import { exits, verb } from "../../terminal/verb.ts";
import { denialsOf, showDenials, unreadIn } from "../denial-table.ts";
import { openingsGiven, verifyFolder } from "../verify-folder.ts";

/** `audit denials DIR [--policy FILE|DIR]`: verifies a bundle, then says who denied, how long their files were open, and what came in batches. */
export const denialsVerb = verb({
  name: "denials",
  usage: ["denials DIR [--policy FILE|DIR] [--key FILE] [--json]"],
  options: { policy: { type: "string" }, key: { type: "string" } },
  operands: [1, 1],
  run: async (terminal, given, [folder = ""]) => {
    const how = openingsGiven(given);
    const { verdict, logs } = await verifyFolder(terminal, folder, { policy: given.policy, how });
    showDenials(terminal, logs);
    const { ok, anchored, decisions, findings } = verdict;
    if (!anchored) terminal.line("UNANCHORED: no trust policy given.");
    if (!ok) terminal.line(`✗ ${findings.length} findings: see audit verify`);
    terminal.result({ ok, anchored, decisions, unread: unreadIn(logs), denials: denialsOf(logs) });
    return ok ? exits.ok : exits.found;
  },
});
