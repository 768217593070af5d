import { readFileSync } from "node:fs";
import { toHex } from "../../../shared/base/bytes.ts";
import { canonicalText } from "../../../shared/base/canonical.ts";
import { formatSeconds } from "../../../shared/base/instant.ts";
import { isQldbReceipt, verifyQldbReceipt } from "../../../shared/proof/qldb-receipt.ts";
import { verifyReceipt } from "../../../shared/proof/receipt.ts";
import type { ProofRefusal } from "../../../shared/proof/refusal.ts";
import type { Witnessed } from "../../../shared/proof/verify-checkpoint.ts";
import { readTrust } from "../../bundle/trust.ts";
import { reading } from "../../terminal/reading.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { exits, Misused, verb } from "../../terminal/verb.ts";
import { type AgainstFiles, againstJson, compareAgainst, printAgainst } from "../against.ts";

/** `audit receipt FILE --policy FILE`: verifies one receipt offline and prints what it shows. */
export const receiptVerb = verb({
  name: "receipt",
  usage: ["receipt FILE --policy FILE [--against NOTE --consistency FILE] [--json]"],
  options: {
    policy: { type: "string" },
    against: { type: "string" },
    consistency: { type: "string" },
  },
  operands: [1, 1],
  run: (terminal, { policy, against: note, consistency }, [file = ""]) => {
    if (policy === undefined) throw new Misused("receipt needs --policy FILE");
    if ((note === undefined) !== (consistency === undefined)) {
      throw new Misused("--against NOTE and --consistency FILE go together");
    }
    const against = note && consistency ? { note, consistency } : undefined;
    return receipt(terminal, file, policy, against);
  },
});

function receipt(
  terminal: Terminal,
  file: string,
  policy: string,
  compared: AgainstFiles | undefined,
): number {
  const bytes = reading(file, () => readFileSync(file));
  const trust = reading(policy, () => readTrust(policy));
  const verify = isQldbReceipt(bytes) ? verifyQldbReceipt : verifyReceipt;
  const verified = verify(bytes, trust.policy, trust.requirements);
  if ("refused" in verified) return refuse(terminal, verified);
  const against = compared && compareAgainst(compared, verified.checkpoint, trust);
  if (against && "refused" in against)
    return refuse(terminal, { ...against, detail: `${compared?.note}: ${against.detail}` });
  const { record, leafHash, index, checkpoint, openings, witnesses } = verified;
  terminal.line(`✓ ${record.type}, version ${record.version} of ${record.stream}`);
  terminal.line(`  recorded ${record.time} by a ${record.actor}`);
  const place = isQldbReceipt(bytes)
    ? `entry ${index} of ${record.origin}, in the ${checkpoint.size} blocks of`
    : `entry ${index} of ${checkpoint.size} in`;
  terminal.line(`  ${place} ${checkpoint.origin}`);
  for (const { name, time } of stated(witnesses)) {
    terminal.line(`  witnessed by ${name} at ${time}`);
  }
  if (witnesses.length === 0) terminal.line("  no witness: the time is the insurer's word");
  terminal.line(`  leaf ${toHex(leafHash)}`);
  for (const { path, value } of openings) terminal.line(`  ${path} ${canonicalText(value)}`);
  if (against) printAgainst(terminal, against);
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
    witnesses: stated(witnesses),
    ...(against ? { against: againstJson(against) } : {}),
  });
  return exits.ok;
}

/** Who cosigned, and when by its own clock: RFC 3339 UTC, to the second. */
const stated = (witnesses: readonly Witnessed[]): { name: string; time: string }[] =>
  witnesses.map(({ name, timeSeconds }) => ({ name, time: formatSeconds(timeSeconds) }));

function refuse(terminal: Terminal, { refused, detail }: ProofRefusal): number {
  terminal.line(`✗ ${refused}: ${detail}`);
  terminal.result({ ok: false, refused, detail });
  return exits.found;
}
