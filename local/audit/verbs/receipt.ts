import { readFileSync } from "node:fs";
import { toHex } from "../../../shared/base/bytes.ts";
import { canonicalText } from "../../../shared/base/canonical.ts";
import { verifyReceipt } from "../../../shared/proof/receipt.ts";
import { readTrust } from "../../bundle/trust.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { reading } from "../reading.ts";
import { exits, Misused, verb } from "../verb.ts";

/** `audit receipt FILE --policy FILE`: verifies one receipt offline and prints what it shows. */
export const receiptVerb = verb({
  name: "receipt",
  usage: ["receipt FILE --policy FILE [--json]"],
  options: { policy: { type: "string" } },
  operands: [1, 1],
  run: (terminal, { policy }, [file = ""]) => {
    if (policy === undefined) throw new Misused("receipt needs --policy FILE");
    return receipt(terminal, file, policy);
  },
});

function receipt(terminal: Terminal, file: string, policy: string): number {
  const bytes = reading(file, () => readFileSync(file));
  const trust = reading(policy, () => readTrust(policy));
  const verified = verifyReceipt(bytes, trust.policy, trust.requirements);
  if ("refused" in verified) {
    const { refused, detail } = verified;
    terminal.line(`✗ ${refused}: ${detail}`);
    terminal.result({ ok: false, refused, detail });
    return exits.found;
  }
  const { record, leafHash, index, checkpoint, openings } = verified;
  terminal.line(`✓ ${record.type}, version ${record.version} of ${record.stream}`);
  terminal.line(`  recorded ${record.time} by a ${record.actor}`);
  terminal.line(`  entry ${index} of ${checkpoint.size} in ${checkpoint.origin}`);
  terminal.line(`  leaf ${toHex(leafHash)}`);
  for (const { path, value } of openings) terminal.line(`  ${path} ${canonicalText(value)}`);
  terminal.line(
    "  It shows the record is in the log. It does not show that its content is true, or that no later record supersedes it.",
  );
  terminal.result({
    ok: true,
    origin: checkpoint.origin,
    index: index.toString(),
    size: checkpoint.size.toString(),
    leafHash: toHex(leafHash),
    type: record.type,
    stream: record.stream,
    version: record.version.toString(),
  });
  return exits.ok;
}
