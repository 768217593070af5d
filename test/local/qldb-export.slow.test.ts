import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  DescribeJournalS3ExportCommand,
  ExportJournalToS3Command,
  type ExportJournalToS3CommandInput,
  GetDigestCommand,
  ListJournalS3ExportsCommand,
  ListJournalS3ExportsForLedgerCommand,
} from "@aws-sdk/client-qldb";
import { describe, expect, test } from "@jest/globals";
import { outputFormats } from "../../shared/qldb/export-names.ts";
import { carsLedger, failure } from "../qldb/cars-ledger.ts";
import { audit } from "../qldb/exported.ts";

const on = carsLedger();

const request = (changes: Partial<ExportJournalToS3CommandInput> = {}) =>
  new ExportJournalToS3Command({
    Name: "cars",
    InclusiveStartTime: new Date("2026-11-24T00:00:00Z"),
    ExclusiveEndTime: new Date(on.nowMs),
    RoleArn: "arn:aws:iam::000000000000:role/export",
    S3ExportConfiguration: {
      Bucket: "archive",
      Prefix: "cars/",
      EncryptionConfiguration: { ObjectEncryptionType: "SSE_S3" },
    },
    ...changes,
  });

/** A journal with everything in it: tables, changes, a deletion, statements with parameters; and the digest somebody saved. */
async function drive(): Promise<string> {
  await on.makeTable();
  for (let n = 0; n < 6; n++) await on.run("INSERT INTO Car ?", { vin: `${n}`, doors: n });
  await on.run("UPDATE Car SET doors = 9 WHERE vin = '3'");
  await on.run("DELETE FROM Car WHERE vin = '5'");
  const saved = await on.control.send(new GetDigestCommand({ Name: "cars" }));
  on.nowMs += 60_000;
  const file = join(on.folder, "digest.json");
  const digest = Buffer.from(saved.Digest ?? []).toString("base64");
  const { IonText } = saved.DigestTipAddress ?? {};
  writeFileSync(file, JSON.stringify({ Digest: digest, DigestTipAddress: { IonText } }));
  return file;
}

const folderOf = () => join(on.folder, "exports", "archive", "cars");
const dataFile = (): string => {
  const [found] = readdirSync(folderOf(), { recursive: true, encoding: "utf8" }).filter((name) =>
    /-\d+\.(ion|json)$/.test(name),
  );
  return join(folderOf(), found ?? "");
};

describe("a journal export of the QLDB stub", () => {
  test.each(outputFormats)("in %s verifies with a digest that was saved", async (OutputFormat) => {
    const digest = await drive();
    const { ExportId } = await on.control.send(request({ OutputFormat }));
    const told = await on.control.send(
      new DescribeJournalS3ExportCommand({ Name: "cars", ExportId }),
    );
    expect(told.ExportDescription).toMatchObject({ Status: "COMPLETED", OutputFormat, ExportId });
    const { code, out } = await audit(["qldb-journal", folderOf(), "--digest", digest]);
    expect(out).toContain("✓ the saved digest is recomputed: blocks 0 to 10");
    expect(out).toContain("8 revisions");
    expect(code).toBe(0);
  });

  test("with a block taken out, moved or altered is not what the service had", async () => {
    const digest = await drive();
    await on.control.send(request());
    const path = dataFile();
    const blocks = readFileSync(path, "utf8").trim().split("\n");
    const altered = blocks.with(9, blocks[9]!.replace("doors:9", "doors:8"));
    for (const [forged, found] of [
      [blocks.toSpliced(5, 1), "gap"],
      [blocks.with(5, blocks[6]!).with(6, blocks[5]!), "gap"],
      [altered, "revision-hash"],
    ] as const) {
      expect(forged).not.toEqual(blocks);
      writeFileSync(path, `${forged.join("\n")}\n`);
      const { code, out } = await audit(["qldb-journal", folderOf(), "--digest", digest, "--json"]);
      expect(code).toBe(1);
      expect(JSON.stringify(JSON.parse(out).findings)).toContain(found);
    }
  });

  test("outlives the stub, is listed, and begins and ends where it was asked to", async () => {
    await drive();
    const from = new Date(on.nowMs);
    await on.run("INSERT INTO Car ?", { vin: "later" });
    on.nowMs += 60_000;
    await on.control.send(request());
    await on.control.send(
      request({
        InclusiveStartTime: from,
        ExclusiveEndTime: new Date(on.nowMs),
        S3ExportConfiguration: {
          Bucket: "archive",
          Prefix: "late/",
          EncryptionConfiguration: { ObjectEncryptionType: "NO_ENCRYPTION" },
        },
      }),
    );
    await on.stop();
    await on.start();
    const all = await on.control.send(new ListJournalS3ExportsCommand({ MaxResults: 1 }));
    expect(all.JournalS3Exports).toHaveLength(1);
    const { NextToken } = all;
    const rest = await on.control.send(new ListJournalS3ExportsCommand({ NextToken }));
    expect(rest.JournalS3Exports).toHaveLength(1);
    const own = await on.control.send(new ListJournalS3ExportsForLedgerCommand({ Name: "cars" }));
    expect(own.JournalS3Exports).toHaveLength(2);
    const { out } = await audit(["qldb-journal", join(folderOf(), "..", "late"), "--json"]);
    expect(JSON.parse(out)).toMatchObject({ first: 11, last: 11 });
  });

  test("is refused with the field that is wrong", async () => {
    await drive();
    const at = { InclusiveStartTime: new Date(on.nowMs), ExclusiveEndTime: new Date(on.nowMs) };
    const configuration = request().input.S3ExportConfiguration!;
    for (const [changes, said] of [
      [at, "InclusiveStartTime"],
      [{ ExclusiveEndTime: new Date(on.nowMs + 1) }, "ExclusiveEndTime"],
      [{ RoleArn: "me" }, "RoleArn"],
      [{ S3ExportConfiguration: { ...configuration, Prefix: "../../" } }, "Prefix"],
      [{ S3ExportConfiguration: { ...configuration, Bucket: ".." } }, "Bucket"],
      [{ Name: "other" }, "ResourceNotFoundException"],
    ] as const) {
      const error = await on.control.send(request(changes)).catch((reason: unknown) => reason);
      expect(`${String(error)} ${JSON.stringify(error)}`).toContain(said);
    }
    expect(await failure(on.control.send(new ListJournalS3ExportsCommand({})))).toBe("no error");
  });
});
