import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  CreateLedgerResponse,
  DescribeJournalS3ExportResponse,
  ExportJournalToS3Response,
  GetDigestResponse,
  GetRevisionResponse,
  ListLedgersResponse,
  ListTagsForResourceResponse,
} from "@aws-sdk/client-qldb";
import type { SendCommandResult } from "@aws-sdk/client-qldb-session";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { ionText, readIon } from "../../shared/qldb/ion.ts";
import { commitDigest, type Statement } from "../../shared/qldb/transaction.ts";
import { carsLedger } from "../qldb/cars-ledger.ts";
import { audit } from "../qldb/exported.ts";

/** The last AWS SDK of version 2, from npm: another QLDB client than the ones this project has, from before they were generated. */
const sdk = "aws-sdk@2.1693.0";
const folder = mkdtempSync(join(tmpdir(), "sdk-v2-"));

function installed(): boolean {
  try {
    const options = ["--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts"];
    execFileSync("npm", ["install", "--silent", ...options, sdk], {
      stdio: "ignore",
      timeout: 120_000,
      shell: process.platform === "win32",
    });
    return true;
  } catch {
    return false;
  }
}

/** An answer has the members the later SDK's has: the protocol is one. */
type Client = Record<string, (input?: object) => { promise(): Promise<unknown> }>;

const here = installed();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

(here ? describe : describe.skip)(`${sdk} (skipped: it could not be installed)`, () => {
  const on = carsLedger();
  let control: Client;
  let session: Client;
  beforeEach(() => {
    const require = createRequire(join(folder, "package.json"));
    const config = {
      endpoint: on.stub.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      maxRetries: 0,
    };
    control = new (require("aws-sdk/clients/qldb"))(config);
    session = new (require("aws-sdk/clients/qldbsession"))(config);
  });
  const ask = async <Answer>(client: Client, operation: string, input: object = {}) =>
    (await client[operation]!(input).promise()) as Answer;
  const send = (input: object) => ask<SendCommandResult>(session, "sendCommand", input);

  /** One transaction by hand, as this SDK has no driver. Parameters are Ion text. */
  async function begin() {
    const { StartSession } = await send({ StartSession: { LedgerName: "cars" } });
    const SessionToken = StartSession?.SessionToken;
    const { StartTransaction } = await send({ SessionToken, StartTransaction: {} });
    const TransactionId = StartTransaction?.TransactionId ?? "";
    const statements: Statement[] = [];
    return {
      async execute(text: string, ...ion: string[]) {
        statements.push({
          text,
          parameters: ion.map((each) => Uint8Array.from(Buffer.from(each))),
        });
        const Parameters = ion.map((IonText) => ({ IonText }));
        const answer = await send({
          SessionToken,
          ExecuteStatement: { TransactionId, Statement: text, Parameters },
        });
        const { Values = [] } = answer.ExecuteStatement?.FirstPage ?? {};
        return Values.map(({ IonBinary = [] }) => readIon(Uint8Array.from(IonBinary), "row"));
      },
      commit: () => {
        const CommitDigest = Buffer.from(commitDigest(TransactionId, statements));
        return send({ SessionToken, CommitTransaction: { TransactionId, CommitDigest } });
      },
    };
  }

  async function run(text: string, ...ion: string[]) {
    const transaction = await begin();
    const rows = await transaction.execute(text, ...ion);
    await transaction.commit();
    return rows;
  }

  test("makes, lists, tags, protects and deletes a ledger", async () => {
    const made = await ask<CreateLedgerResponse>(control, "createLedger", {
      Name: "other",
      PermissionsMode: "STANDARD",
    });
    expect(made).toMatchObject({ Name: "other", State: "ACTIVE", DeletionProtection: true });
    const listed = await ask<ListLedgersResponse>(control, "listLedgers");
    expect(listed.Ledgers?.map(({ Name }) => Name)).toEqual(["cars", "other"]);
    await ask(control, "tagResource", { ResourceArn: made.Arn, Tags: { a: "b" } });
    const tags = await ask<ListTagsForResourceResponse>(control, "listTagsForResource", {
      ResourceArn: made.Arn,
    });
    expect(tags.Tags).toEqual({ a: "b" });
    const protectedLedger = ask(control, "deleteLedger", { Name: "other" });
    await expect(protectedLedger).rejects.toMatchObject({
      code: "ResourcePreconditionNotMetException",
      statusCode: 412,
    });
    await ask(control, "updateLedger", { Name: "other", DeletionProtection: false });
    await ask(control, "deleteLedger", { Name: "other" });
    await expect(ask(control, "describeLedger", { Name: "other" })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });

  test("writes, reads, and loses the race it should lose", async () => {
    await run("CREATE TABLE Car");
    await run("INSERT INTO Car ?", "{vin:'1',price:1.50}");
    const [car] = await run("SELECT * FROM Car WHERE vin = ?", "'1'");
    expect(car?.get("price")?.toString()).toBe("1.50");
    const [a, b] = [await begin(), await begin()];
    await a.execute("UPDATE Car SET price = ?", "2");
    await b.execute("UPDATE Car SET price = ?", "3");
    await a.commit();
    await expect(b.commit()).rejects.toMatchObject({ code: "OccConflictException" });
  });

  test("gets a digest, a revision with its proof and an export, and the auditor accepts them", async () => {
    await run("CREATE TABLE Car");
    await run("INSERT INTO Car ?", '{vin:"1"}');
    const [placed] = await run("SELECT blockAddress, metadata.id AS id FROM _ql_committed_Car");
    const BlockAddress = { IonText: ionText(placed?.get("blockAddress")) };
    const digest = await ask<GetDigestResponse>(control, "getDigest", { Name: "cars" });
    const { DigestTipAddress } = digest;
    const revision = await ask<GetRevisionResponse>(control, "getRevision", {
      Name: "cars",
      BlockAddress,
      DocumentId: placed?.get("id")?.stringValue(),
      DigestTipAddress,
    });
    const saved = { Digest: Buffer.from(digest.Digest ?? []).toString("base64"), DigestTipAddress };
    const [digestFile, receipt] = [join(on.folder, "digest.json"), join(on.folder, "receipt.json")];
    writeFileSync(digestFile, JSON.stringify(saved));
    writeFileSync(receipt, JSON.stringify({ Revision: revision.Revision, Proof: revision.Proof }));
    expect((await audit(["qldb-receipt", receipt, "--digest", digestFile])).code).toBe(0);
    on.nowMs += 1_000;
    const { ExportId } = await ask<ExportJournalToS3Response>(control, "exportJournalToS3", {
      Name: "cars",
      InclusiveStartTime: new Date(on.nowMs - 3_600_000),
      ExclusiveEndTime: new Date(on.nowMs),
      RoleArn: "arn:aws:iam::000000000000:role/export",
      S3ExportConfiguration: {
        Bucket: "archive",
        Prefix: "",
        EncryptionConfiguration: { ObjectEncryptionType: "SSE_S3" },
      },
    });
    const told = await ask<DescribeJournalS3ExportResponse>(control, "describeJournalS3Export", {
      Name: "cars",
      ExportId,
    });
    expect(told.ExportDescription?.Status).toBe("COMPLETED");
    const archive = join(on.folder, "exports", "archive");
    const { code, out } = await audit(["qldb-journal", archive, "--digest", digestFile]);
    expect(out).toContain("✓ the saved digest is recomputed");
    expect(code).toBe(0);
  });
});
