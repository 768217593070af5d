import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { outputFormats } from "../../shared/qldb/export-names.ts";
import { exportObjects } from "../../shared/qldb/export-objects.ts";
import { ionText, readIon } from "../../shared/qldb/ion.ts";
import { writeWhole } from "../objects/durable.ts";
import type { Ledger } from "./ledger.ts";
import { invalidParameter, Refusal } from "./refusal.ts";

/** What ExportJournalToS3 is asked for (apiVersion 2019-01-02). Times are seconds since 1970. */
const requestSchema = z.object({
  InclusiveStartTime: z.number().min(0).max(253_402_300_799),
  ExclusiveEndTime: z.number().min(0).max(253_402_300_799),
  RoleArn: z.string().regex(/^arn:aws:iam::\d{12}:role\/.{1,512}$/),
  OutputFormat: z.enum(outputFormats).default("ION_TEXT"),
  S3ExportConfiguration: z.object({
    Bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
    Prefix: z
      .string()
      .max(128)
      .regex(/^(?!.*\.\.)[A-Za-z0-9_.\-/]*$/),
    EncryptionConfiguration: z.object({
      ObjectEncryptionType: z.enum(["SSE_KMS", "SSE_S3", "NO_ENCRYPTION"]),
      KmsKeyArn: z.string().max(1_600).optional(),
    }),
  }),
});

/** An export as DescribeJournalS3Export tells of it. */
const exportSchema = requestSchema.extend({
  LedgerName: z.string(),
  ExportId: z.string(),
  ExportCreationTime: z.number(),
  Status: z.enum(["IN_PROGRESS", "COMPLETED", "CANCELLED"]),
});
export type JournalExport = z.infer<typeof exportSchema>;

/** The service runs two exports of a ledger at once; the stub's are over when they are answered, and it keeps as many as this. */
const maxExports = 1_000;

/**
 * The journal exports of one folder of ledgers. Their objects are files under `exports/BUCKET/PREFIX…`, as they would be copied from S3; no S3 and no role is
 * asked. An export is whole on disk before its request is answered.
 */
export class Exports {
  readonly #folder: string;
  readonly #kept: JournalExport[];

  constructor(folder: string) {
    this.#folder = folder;
    const file = this.#file();
    this.#kept = existsSync(file)
      ? z.array(exportSchema).parse(JSON.parse(readFileSync(file, "utf8")))
      : [];
  }

  /** Exports the blocks between the two times. Throws Refusal. */
  start(ledger: Ledger, body: unknown, exportId: string, nowMs: number): JournalExport {
    const request = parseRequest(body, nowMs);
    if (this.#kept.length >= maxExports) {
      throw new Refusal(400, "LimitExceededException", `The stub keeps ${maxExports} exports`);
    }
    const { name } = ledger.description;
    const done: JournalExport = {
      ...request,
      LedgerName: name,
      ExportId: exportId,
      ExportCreationTime: nowMs / 1000,
      Status: "COMPLETED",
    };
    this.#write(ledger, done);
    this.#kept.push(done);
    writeWhole(this.#file(), Buffer.from(`${JSON.stringify(this.#kept)}\n`), 0o600);
    return done;
  }

  /** Those of a ledger, or all, oldest first. */
  of(ledgerName?: string): readonly JournalExport[] {
    return this.#kept.filter(
      ({ LedgerName }) => ledgerName === undefined || LedgerName === ledgerName,
    );
  }

  /** The export of this id; refuses with ResourceNotFoundException. */
  get(ledgerName: string, exportId: string): JournalExport {
    const found = this.of(ledgerName).find(({ ExportId }) => ExportId === exportId);
    if (found !== undefined) return found;
    throw new Refusal(404, "ResourceNotFoundException", `There is no export ${exportId}`, {
      ResourceType: "JournalS3Export",
      ResourceName: exportId,
    });
  }

  #write(ledger: Ledger, of: JournalExport): void {
    const { Bucket, Prefix, EncryptionConfiguration } = of.S3ExportConfiguration;
    const request = {
      ledgerName: of.LedgerName,
      exportId: of.ExportId,
      strandId: ledger.description.strandId,
      inclusiveStartTime: timestamp(of.InclusiveStartTime),
      exclusiveEndTime: timestamp(of.ExclusiveEndTime),
      bucket: Bucket,
      prefix: Prefix,
      objectEncryptionType: EncryptionConfiguration.ObjectEncryptionType,
      format: of.OutputFormat,
    };
    const root = join(this.#folder, "exports", Bucket);
    for (const { key, bytes } of exportObjects(request, blocksBetween(ledger, of))) {
      const path = join(root, key);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeWhole(path, bytes, 0o600);
    }
  }

  #file(): string {
    return join(this.#folder, "exports.json");
  }
}

function parseRequest(body: unknown, nowMs: number): z.infer<typeof requestSchema> {
  const read = requestSchema.safeParse(body);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw invalidParameter(issue?.path.join(".") ?? "", issue?.message ?? "is not valid");
  }
  const { InclusiveStartTime: from, ExclusiveEndTime: to } = read.data;
  if (from >= to) throw invalidParameter("InclusiveStartTime", "is not before ExclusiveEndTime");
  if (to > nowMs / 1000) throw invalidParameter("ExclusiveEndTime", "is in the future");
  return read.data;
}

function* blocksBetween(ledger: Ledger, of: JournalExport): Generator<string> {
  const [from, to] = [of.InclusiveStartTime * 1000, of.ExclusiveEndTime * 1000];
  for (let n = 0; n <= ledger.tip; n++) {
    const text = ledger.block(n) ?? "";
    const at = Date.parse(ionText(readIon(text, "block").get("blockTimestamp")));
    if (at >= from && at < to) yield text;
  }
}

const timestamp = (seconds: number): string => new Date(seconds * 1000).toISOString();
