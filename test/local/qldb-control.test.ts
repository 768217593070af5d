import {
  CreateLedgerCommand,
  DeleteLedgerCommand,
  DescribeLedgerCommand,
  GetBlockCommand,
  GetDigestCommand,
  GetRevisionCommand,
  ListLedgersCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateLedgerCommand,
  UpdateLedgerPermissionsModeCommand,
} from "@aws-sdk/client-qldb";
import { describe, expect, test } from "@jest/globals";
import { parseBlock, verifyBlock } from "../../shared/qldb/block.ts";
import { parseProof, verifyBlockProof, verifyRevisionProof } from "../../shared/qldb/proof.ts";
import {
  formatBlockAddress,
  parseBlockAddress,
  parseRevision,
} from "../../shared/qldb/revision.ts";
import { carsLedger, failure } from "../qldb/cars-ledger.ts";

const on = carsLedger();

describe("the QLDB stub's control plane", () => {
  test("makes and describes ledgers and refuses what the service refuses", async () => {
    const described = await on.control.send(new DescribeLedgerCommand({ Name: "cars" }));
    expect(described.State).toBe("ACTIVE");
    expect(described.CreationDateTime?.toISOString()).toBe("2026-11-24T10:00:00.123Z");
    const listed = await on.control.send(new ListLedgersCommand({}));
    expect(listed.Ledgers?.map(({ Name }) => Name)).toEqual(["cars"]);
    const create = (Name: string) =>
      failure(on.control.send(new CreateLedgerCommand({ Name, PermissionsMode: "STANDARD" })));
    expect(await create("cars")).toContain("ResourceAlreadyExistsException");
    for (const name of ["a--b", "-a", "a-", "123", "a_b", "x".repeat(33)]) {
      expect(await create(name)).toContain("InvalidParameterException");
    }
    expect(await failure(on.control.send(new DescribeLedgerCommand({ Name: "none" })))).toContain(
      "ResourceNotFoundException",
    );
  });

  test("proves every block and revision in its digests, old and new", async () => {
    await on.makeTable();
    const inserted = await on.run("INSERT INTO Car ?", [{ vin: "1" }, { vin: "2" }, { vin: "3" }]);
    for (let i = 0; i < 5; i++) await on.run("SELECT * FROM Car");
    const { Digest, DigestTipAddress } = await on.control.send(
      new GetDigestCommand({ Name: "cars" }),
    );
    const { strandId, sequenceNo: last } = parseBlockAddress(DigestTipAddress?.IonText ?? "");
    const address = (sequenceNo: number) => ({
      IonText: formatBlockAddress({ strandId, sequenceNo }),
    });
    const digest = Uint8Array.from(Digest ?? []);
    for (let sequenceNo = 0; sequenceNo <= last; sequenceNo++) {
      const at = { Name: "cars", BlockAddress: address(sequenceNo), DigestTipAddress };
      const { Block, Proof } = await on.control.send(new GetBlockCommand(at));
      const block = parseBlock(Block?.IonText ?? "");
      expect(verifyBlock(block)).toEqual([]);
      const proof = parseProof(Proof?.IonText ?? "");
      expect(verifyBlockProof(block, proof, digest)).toBe(true);
      expect(verifyBlockProof(block, proof.slice(1), digest)).toBe(false);
    }
    for (const row of inserted) {
      const { Revision, Proof } = await on.control.send(
        new GetRevisionCommand({
          Name: "cars",
          BlockAddress: address(3),
          DocumentId: row.get("documentId")?.stringValue() ?? "",
          DigestTipAddress,
        }),
      );
      const revision = parseRevision(Revision?.IonText ?? "");
      const proof = parseProof(Proof?.IonText ?? "");
      expect(verifyRevisionProof(revision, proof, digest)).toBe(true);
      expect(verifyRevisionProof(revision, proof.toReversed(), digest)).toBe(false);
    }
    const beyond = { Name: "cars", BlockAddress: address(last + 1) };
    expect(await failure(on.control.send(new GetBlockCommand(beyond)))).toContain(
      "InvalidParameter",
    );
    const tooEarly = { BlockAddress: address(3), DigestTipAddress: address(2) };
    expect(
      await failure(on.control.send(new GetBlockCommand({ Name: "cars", ...tooEarly }))),
    ).toContain("InvalidParameter");
  });

  test("answers no unsigned request and names an operation it doesn't speak", async () => {
    const unsigned = await fetch(`${on.stub.endpoint}/ledgers/cars`);
    expect(unsigned.status).toBe(403);
    const authorization = "AWS4-HMAC-SHA256 Credential=local/20261124/us-east-1/qldb/aws4_request,";
    const streams = await fetch(`${on.stub.endpoint}/ledgers/cars/journal-kinesis-streams`, {
      headers: { authorization },
    });
    expect(streams.status).toBe(404);
    expect(await streams.text()).toContain(
      "Not spoken by this stub: GET /ledgers/cars/journal-kinesis-streams",
    );
  });

  test("ledgers are listed in pages, tagged, changed and, once unprotected, deleted; all of it survives a restart", async () => {
    const { control } = on;
    for (const Name of ["boats", "trains"]) {
      await control.send(
        new CreateLedgerCommand({ Name, PermissionsMode: "ALLOW_ALL", Tags: { made: "here" } }),
      );
    }
    const first = await control.send(new ListLedgersCommand({ MaxResults: 2 }));
    expect(first.Ledgers?.map(({ Name }) => Name)).toEqual(["boats", "cars"]);
    const { NextToken } = first;
    const second = await control.send(new ListLedgersCommand({ NextToken }));
    expect(second.Ledgers?.map(({ Name }) => Name)).toEqual(["trains"]);
    expect(second.NextToken).toBeUndefined();

    const ResourceArn = "arn:aws:qldb:us-east-1:000000000000:ledger/boats";
    await control.send(new TagResourceCommand({ ResourceArn, Tags: { colour: "red" } }));
    await control.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["made"] }));
    const Name = "boats";
    await control.send(
      new UpdateLedgerPermissionsModeCommand({ Name, PermissionsMode: "STANDARD" }),
    );
    expect(await failure(control.send(new DeleteLedgerCommand({ Name })))).toContain(
      "ResourcePreconditionNotMet",
    );
    await control.send(new UpdateLedgerCommand({ Name, DeletionProtection: false }));
    await on.stop();
    await on.start();
    const again = await on.control.send(new DescribeLedgerCommand({ Name }));
    expect(again).toMatchObject({ PermissionsMode: "STANDARD", DeletionProtection: false });
    const { Tags } = await on.control.send(new ListTagsForResourceCommand({ ResourceArn }));
    expect(Tags).toEqual({ colour: "red" });
    await on.control.send(new DeleteLedgerCommand({ Name }));
    expect(await failure(on.control.send(new DescribeLedgerCommand({ Name })))).toContain(
      "ResourceNotFound",
    );
    await on.stop();
    await on.start();
    const left = await on.control.send(new ListLedgersCommand({}));
    expect(left.Ledgers?.map((each) => each.Name)).toEqual(["cars", "trains"]);
  });
});
