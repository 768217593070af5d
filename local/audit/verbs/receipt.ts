import { readFileSync } from "node:fs";
import { toHex } from "../../../shared/base/bytes.ts";
import { canonicalText } from "../../../shared/base/canonical.ts";
import { Malformed } from "../../../shared/base/malformed.ts";
import { verifyReceipt } from "../../../shared/proof/receipt.ts";
import { readTrust } from "../../bundle/trust.ts";
import type { Terminal } from "../../terminal/terminal.ts";
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
  let bytes: Uint8Array;
  let trust: ReturnType<typeof readTrust>;
  try {
    bytes = readFileSync(file);
    trust = readTrust(policy);
  } catch (error) {
    if (!(error instanceof Malformed) && !(error instanceof Error && "code" in error)) throw error;
    terminal.complain(`${error.message}`);
    return exits.usage;
  }
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
