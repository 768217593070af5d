import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { auditorVerbs } from "../../local/audit/verbs.ts";
import { runCommandLine } from "../../local/terminal/command-line.ts";
import type { Verb } from "../../local/terminal/verb.ts";
import { toBase64 } from "../../shared/base/bytes.ts";
import type { OutputFormat } from "../../shared/qldb/export-names.ts";
import { exportObjects } from "../../shared/qldb/export-objects.ts";
import { formatBlockAddress } from "../../shared/qldb/revision.ts";
import { sampleStrand } from "./sample-journal.ts";

/** Writes an export of `blocks` as it would be copied from S3; the keys of its data objects. */
export function writeExport(
  folder: string,
  blocks: Iterable<string>,
  format: OutputFormat,
  perObject = 4,
): string[] {
  const request = {
    ledgerName: "cars",
    exportId: "8UyXulxccYLAsbN1aon7e4",
    strandId: sampleStrand,
    inclusiveStartTime: "2024-03-01T00:00:00.000Z",
    exclusiveEndTime: "2024-04-01T00:00:00.000Z",
    bucket: "cars-journal",
    prefix: "exports/",
    objectEncryptionType: "SSE_S3" as const,
    format,
  };
  const keys: string[] = [];
  for (const { key, bytes } of exportObjects(request, blocks, perObject)) {
    const path = join(folder, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    if (!key.endsWith(".manifest")) keys.push(key);
  }
  return keys;
}

/** A digest's file as the QLDB console saved it. */
export const digestFile = (digest: Uint8Array, tip: number): string =>
  `{digest:{{${toBase64(digest)}}},digestTipAddress:${formatBlockAddress({ strandId: sampleStrand, sequenceNo: tip })},ledger:"cars",date:2025-07-30T08:00:00Z}`;

/** Runs a verb of audit; what it printed and its exit code. */
export async function audit(args: readonly string[], verbs: readonly Verb[] = auditorVerbs) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const printed = Promise.all([text(stdout), text(stderr)]);
  const code = await runCommandLine("audit", args, { stdout, stderr, env: {} }, verbs);
  stdout.end();
  stderr.end();
  const [out, err] = await printed;
  return { code, out, err };
}
