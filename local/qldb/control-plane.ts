import { equal, toBase64 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { type Block, parseBlock } from "../../shared/qldb/block.ts";
import { ionText, readIon } from "../../shared/qldb/ion.ts";
import { merklePath, merkleRoot } from "../../shared/qldb/merkle.ts";
import { formatProof } from "../../shared/qldb/proof.ts";
import { formatBlockAddress, parseBlockAddress } from "../../shared/qldb/revision.ts";
import type { Ledger } from "./ledger.ts";
import type { Ledgers } from "./ledgers.ts";
import { invalidParameter, Refusal } from "./refusal.ts";

type Fields = Record<string, unknown>;

/** Answers one operation of the control plane (apiVersion 2019-01-02). Throws Refusal. */
export function control(
  ledgers: Ledgers,
  method: string,
  path: string,
  body: Fields,
  nowMs: number,
) {
  const [, root, name, operation, ...more] = path.split("/").map(decodeURIComponent);
  if (root !== "ledgers" || more.length > 0) throw unknownOperation(method, path);
  if (name === undefined) {
    if (method === "POST") return createLedger(ledgers, body, nowMs);
    if (method === "GET") return { Ledgers: ledgers.all().map(summary) };
  } else if (operation === undefined) {
    if (method === "GET") return describe(ledgers.get(name));
  } else if (method === "POST") {
    const answer = { digest: getDigest, block: getBlock, revision: getRevision }[operation];
    if (answer !== undefined) return answer(ledgers.get(name), body);
  }
  throw unknownOperation(method, path);
}

function createLedger(ledgers: Ledgers, body: Fields, nowMs: number): Fields {
  const permissionsMode = body.PermissionsMode;
  if (permissionsMode !== "STANDARD" && permissionsMode !== "ALLOW_ALL") {
    throw invalidParameter("PermissionsMode", "The permissions mode is STANDARD or ALLOW_ALL");
  }
  const ledger = ledgers.create({
    name: String(body.Name),
    createdMs: nowMs,
    permissionsMode,
    deletionProtection: body.DeletionProtection !== false,
  });
  return describe(ledger);
}

function summary(ledger: Ledger): Fields {
  const { name, createdMs } = ledger.description;
  return { Name: name, State: "ACTIVE", CreationDateTime: createdMs / 1000 };
}

function describe(ledger: Ledger): Fields {
  const { name, permissionsMode, deletionProtection } = ledger.description;
  return {
    ...summary(ledger),
    Arn: `arn:aws:qldb:us-east-1:000000000000:ledger/${name}`,
    PermissionsMode: permissionsMode,
    DeletionProtection: deletionProtection,
  };
}

function getDigest(ledger: Ledger): Fields {
  const { strandId } = ledger.description;
  return {
    Digest: toBase64(ledger.tree.root(ledger.tree.size)),
    DigestTipAddress: { IonText: formatBlockAddress({ strandId, sequenceNo: ledger.tip }) },
  };
}

function getBlock(ledger: Ledger, body: Fields): Fields {
  const { text, block } = blockAt(ledger, body);
  const tip = digestTip(ledger, body, block);
  const proof =
    tip === undefined ? {} : proofAnswer(ledger.tree.path(block.blockAddress.sequenceNo, tip + 1));
  return { Block: { IonText: text }, ...proof };
}

function getRevision(ledger: Ledger, body: Fields): Fields {
  const { text, block } = blockAt(ledger, body);
  const index = block.revisions.findIndex(
    (revision) => "documentId" in revision && revision.documentId === body.DocumentId,
  );
  const value = readIon(text, "block").get("revisions", index);
  if (index < 0 || value === null) {
    throw invalidParameter("DocumentId", "The block has no revision of this document");
  }
  const Revision = { IonText: ionText(value) };
  const tip = digestTip(ledger, body, block);
  if (tip === undefined) return { Revision };
  const path = [
    ...pathInBlock(block, index),
    block.previousBlockHash,
    ...ledger.tree.path(block.blockAddress.sequenceNo, tip + 1),
  ];
  return { Revision, ...proofAnswer(path) };
}

function pathInBlock(block: Block, index: number): Uint8Array[] {
  const hashes = block.revisions.map(({ hash }) => hash);
  const root = merkleRoot(hashes);
  const entry = block.entriesHashList.findIndex((hash) => equal(hash, root));
  return [...merklePath(hashes, index), ...merklePath(block.entriesHashList, entry)];
}

const proofAnswer = (path: readonly Uint8Array[]): Fields => ({
  Proof: { IonText: formatProof(path) },
});

function blockAt(ledger: Ledger, body: Fields): { text: string; block: Block } {
  const sequenceNo = address(ledger, body, "BlockAddress");
  const text = sequenceNo === undefined ? undefined : ledger.block(sequenceNo);
  if (text === undefined)
    throw invalidParameter("BlockAddress", "There is no block at this address");
  return { text, block: parseBlock(text) };
}

function digestTip(ledger: Ledger, body: Fields, block: Block): number | undefined {
  const tip = address(ledger, body, "DigestTipAddress");
  if (tip !== undefined && (tip > ledger.tip || tip < block.blockAddress.sequenceNo)) {
    throw invalidParameter("DigestTipAddress", "No digest at this tip covers the block");
  }
  return tip;
}

function address(ledger: Ledger, body: Fields, parameter: string): number | undefined {
  const text = (body[parameter] as Fields | undefined)?.IonText;
  if (text === undefined) return undefined;
  try {
    const { strandId, sequenceNo } = parseBlockAddress(String(text));
    if (strandId === ledger.description.strandId) return sequenceNo;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
  throw invalidParameter(parameter, "This is no address in the ledger's strand");
}

const unknownOperation = (method: string, path: string): Refusal =>
  new Refusal(404, "UnknownOperationException", `Not spoken by this stub: ${method} ${path}`);
