import { randomBytes } from "node:crypto";
import { equal, toBase64 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { type Block, parseBlock } from "../../shared/qldb/block.ts";
import { ionText, readIon } from "../../shared/qldb/ion.ts";
import { merklePath, merkleRoot } from "../../shared/qldb/merkle.ts";
import { formatProof } from "../../shared/qldb/proof.ts";
import { formatBlockAddress, parseBlockAddress } from "../../shared/qldb/revision.ts";
import { identifier } from "./identifier.ts";
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
  query: URLSearchParams = new URLSearchParams(),
) {
  const [, root, name, operation, ...more] = path.split("/").map(decodeURIComponent);
  if (root === "journal-s3-exports" && method === "GET" && name === undefined) {
    return listExports(ledgers, undefined, query);
  }
  if (root === "tags" && name !== undefined) {
    const arn = [name, operation, ...more].filter((part) => part !== undefined).join("/");
    return tagging(ledgers, method, arn, body, query);
  }
  if (root === "ledgers" && name !== undefined && operation === "journal-s3-exports") {
    return exporting(ledgers, { method, path, name, exportId: more[0] }, { body, query, nowMs });
  }
  if (root !== "ledgers" || more.length > 0) throw unknownOperation(method, path);
  if (name === undefined) {
    if (method === "POST") return createLedger(ledgers, body, nowMs);
    if (method === "GET") return listLedgers(ledgers, query);
  } else if (operation === undefined) {
    if (method === "GET") return describe(ledgers, ledgers.get(name));
    if (method === "PATCH") return updateLedger(ledgers, name, body);
    if (method === "DELETE") return deleteLedger(ledgers, name);
  } else if (method === "PATCH" && operation === "permissions-mode") {
    return updatePermissions(ledgers, name, body);
  } else if (method === "POST") {
    const answer = { digest: getDigest, block: getBlock, revision: getRevision }[operation];
    if (answer !== undefined) return answer(ledgers.get(name), body);
  }
  throw unknownOperation(method, path);
}

function createLedger(ledgers: Ledgers, body: Fields, nowMs: number): Fields {
  const permissionsMode = permissionsOf(body);
  const tags = tagsOf(body.Tags ?? {});
  const ledger = ledgers.create({
    name: String(body.Name),
    createdMs: nowMs,
    permissionsMode,
    deletionProtection: body.DeletionProtection !== false,
  });
  if (Object.keys(tags).length > 0) ledgers.change(ledger.description.name, { tags });
  return describe(ledgers, ledger);
}

function permissionsOf(body: Fields): string {
  const mode = body.PermissionsMode;
  if (mode === "STANDARD" || mode === "ALLOW_ALL") return mode;
  throw invalidParameter("PermissionsMode", "The permissions mode is STANDARD or ALLOW_ALL");
}

function updateLedger(ledgers: Ledgers, name: string, body: Fields): Fields {
  const ledger = ledgers.get(name);
  const { DeletionProtection: deletionProtection } = body;
  if (typeof deletionProtection === "boolean") ledgers.change(name, { deletionProtection });
  return describe(ledgers, ledger);
}

function updatePermissions(ledgers: Ledgers, name: string, body: Fields): Fields {
  const { description } = ledgers.get(name);
  const permissionsMode = permissionsOf(body);
  ledgers.change(name, { permissionsMode });
  return { Name: name, Arn: arnOf(description.name), PermissionsMode: permissionsMode };
}

function deleteLedger(ledgers: Ledgers, name: string): Fields {
  ledgers.delete(name);
  return {};
}

const mostListed = 100;

function mostOf(query: URLSearchParams): number {
  const most = Number(query.get("max_results") ?? mostListed);
  if (Number.isInteger(most) && most >= 1 && most <= mostListed) return most;
  throw invalidParameter("MaxResults", `At most ${mostListed} results are listed at once`);
}

function listLedgers(ledgers: Ledgers, query: URLSearchParams): Fields {
  const most = mostOf(query);
  const after = query.get("next_token") ?? "";
  const names = ledgers.all().map(({ description }) => description.name);
  const rest = names.sort().filter((name) => name > after);
  const shown = rest.slice(0, most);
  const more = rest.length > shown.length ? { NextToken: shown.at(-1) } : {};
  return { Ledgers: shown.map((name) => summary(ledgers.get(name))), ...more };
}

interface ExportCall {
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly exportId: string | undefined;
}

function exporting(
  ledgers: Ledgers,
  { method, path, name, exportId }: ExportCall,
  given: { readonly body: Fields; readonly query: URLSearchParams; readonly nowMs: number },
): Fields {
  const ledger = ledgers.get(name);
  if (method === "POST" && exportId === undefined) {
    const id = identifier(randomBytes(16));
    return { ExportId: ledgers.exports.start(ledger, given.body, id, given.nowMs).ExportId };
  }
  if (method !== "GET") throw unknownOperation(method, path);
  if (exportId === undefined) return listExports(ledgers, name, given.query);
  return { ExportDescription: ledgers.exports.get(name, exportId) };
}

function listExports(ledgers: Ledgers, name: string | undefined, query: URLSearchParams): Fields {
  const all = ledgers.exports.of(name);
  const first = Number(query.get("next_token") ?? 0);
  const most = mostOf(query);
  const more = all.length > first + most ? { NextToken: String(first + most) } : {};
  return { JournalS3Exports: all.slice(first, first + most), ...more };
}

const mostTags = 200;

function tagging(
  ledgers: Ledgers,
  method: string,
  arn: string,
  body: Fields,
  query: URLSearchParams,
): Fields {
  const name = /^arn:aws:qldb:[a-z0-9-]+:[0-9]{12}:ledger\/([A-Za-z0-9-]+)$/.exec(arn)?.[1];
  if (name === undefined) throw invalidParameter("ResourceArn", "The ARN is no ledger's");
  ledgers.get(name);
  const { tags } = ledgers.settings(name);
  if (method === "GET") return { Tags: tags };
  if (method === "POST") {
    ledgers.change(name, { tags: tagsOf({ ...tags, ...(body.Tags as Fields | undefined) }) });
    return {};
  }
  if (method !== "DELETE") throw unknownOperation(method, `/tags/${arn}`);
  const gone = new Set(query.getAll("tagKeys"));
  const left = Object.entries(tags).filter(([key]) => !gone.has(key));
  ledgers.change(name, { tags: Object.fromEntries(left) });
  return {};
}

function tagsOf(given: unknown): Record<string, string> {
  const tags = Object.entries(given as Fields);
  const fits = tags.every(
    ([key, value]) =>
      key.length > 0 && key.length <= 128 && typeof value === "string" && value.length <= 256,
  );
  if (!fits || tags.length > mostTags) {
    throw invalidParameter("Tags", `Up to ${mostTags} tags, keys to 128 characters, values to 256`);
  }
  return Object.fromEntries(tags) as Record<string, string>;
}

const arnOf = (name: string): string => `arn:aws:qldb:us-east-1:000000000000:ledger/${name}`;

function summary(ledger: Ledger): Fields {
  const { name, createdMs } = ledger.description;
  return { Name: name, State: "ACTIVE", CreationDateTime: createdMs / 1000 };
}

function describe(ledgers: Ledgers, ledger: Ledger): Fields {
  const { name } = ledger.description;
  const { permissionsMode, deletionProtection } = ledgers.settings(name);
  return {
    ...summary(ledger),
    Arn: arnOf(name),
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
