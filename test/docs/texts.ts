import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimEventOf } from "../../functions/announcer/claim-event.ts";
import { verifyBundle } from "../../local/audit/verdict.ts";
import { openBundle } from "../../local/bundle/open.ts";
import { fieldsOf } from "../../shared/audit/reexecute.ts";
import { fromUtf8, toHex } from "../../shared/base/bytes.ts";
import type { Json } from "../../shared/base/canonical.ts";
import { decodeContent } from "../../shared/base/event.ts";
import { decidedForm } from "../../shared/claim/decided.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { xiangHuBao1, xiangHuBao2 } from "../../shared/coverage/packs.ts";
import { letterOf } from "../../shared/letter/letter.ts";
import { parsePolicy } from "../../shared/log/policy-file.ts";
import { parseRequirements } from "../../shared/log/require.ts";
import { parseTlogProof } from "../../shared/proof/tlog-proof.ts";
import {
  checkpoint,
  openingsLineOf,
  origin,
  receiptOf,
  records,
  requirements,
  trustPolicy,
  writeBundle,
} from "./example.ts";
import { partExample } from "./part-example.ts";
import { paymentFileExample } from "./payment-file-example.ts";

const genesisAt = 0;
const submissionAt = 4;
const referralAt = 5;
const decisionAt = 7;

/** What the named examples of docs/spec/ say, from the code as it is. */
export async function exampleTexts(): Promise<ReadonlyMap<string, string>> {
  const receipt = receiptOf(decisionAt, ["award", "outcome"]);
  const { extra = new Uint8Array() } = parseTlogProof(new TextEncoder().encode(receipt));
  const { manifest, verdict } = await audited();
  const submitted = records[submissionAt];
  if (!submitted) throw new Error("the log has a submission");
  const part = partExample(submitted);
  return new Map([
    ["record-public", `${recordAt(genesisAt)}\n`],
    ["record-sealed", `${recordAt(submissionAt)}\n`],
    ["record-leaf", `${toHex(records[submissionAt]?.leafHash ?? extra)}\n`],
    ["record-openings", `${openingsLineOf(submissionAt)}\n`],
    ["part-key", `${part.key}\n`],
    ["part-context", `${part.context}\n`],
    ["part-ciphertext", `${part.ciphertext}\n`],
    ["part-plain", `${part.plain}\n`],
    ["receipt", receipt],
    ["receipt-extra", `${fromUtf8(extra)}\n`],
    ["policy", fromUtf8(trustPolicy)],
    ["require", fromUtf8(requirements)],
    ["checkpoint", fromUtf8(checkpoint)],
    ["letter-referred", letterAt(referralAt)],
    ["letter-paid", letterAt(decisionAt)],
    ["payment-file", paymentFileExample()],
    ["claim-event", `${JSON.stringify(claimEventAt(decisionAt), null, 2)}\n`],
    ["manifest", manifest],
    ["verdict", `${verdict}\n`],
  ]);
}

const recordAt = (index: number): string => fromUtf8(records[index]?.bytes ?? new Uint8Array());

const claimEventAt = (index: number) =>
  claimEventOf(BigInt(index), records[index]?.bytes ?? new Uint8Array());

/** The letter of the decision at this entry, from its record and the published packs. */
export function letterAt(index: number): string {
  const { record, openings = [] } = records[index] ?? {};
  const decision = decodeContent(decidedForm, fieldsOf(openings));
  const pack = [xiangHuBao1, xiangHuBao2]
    .map(compilePack)
    .find(({ hash }) => hash === decision.pack?.hash);
  const insurer = origin.split("/").at(-1) ?? "";
  const head = { claim: record?.stream ?? "", insurer, actor: record?.actor ?? "machine" };
  return letterOf(head, decision, pack);
}

/** The SHA-256 of the letter that the record at this entry seals. */
export const sealedLetterAt = (index: number): Json | undefined =>
  fieldsOf(records[index]?.openings ?? []).letter;

async function audited(): Promise<{ manifest: string; verdict: string }> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-docs-"));
  try {
    writeBundle(folder);
    const manifest = readFileSync(join(folder, "manifest"), "utf8");
    const trust = {
      policy: parsePolicy(trustPolicy),
      requirements: parseRequirements(requirements),
    };
    const trusts = new Map([[origin, trust]]);
    const verdict = await verifyBundle(openBundle(folder), trusts, () => undefined);
    return { manifest, verdict: JSON.stringify(verdict) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
