import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { equal } from "../../shared/base/bytes.ts";
import { parseBlock } from "../../shared/qldb/block.ts";
import {
  field,
  ionCount,
  ionList,
  ionString,
  ionText,
  readIon,
  structFields,
} from "../../shared/qldb/ion.ts";
import { parseRevision } from "../../shared/qldb/revision.ts";
import { commitDigest } from "../../shared/qldb/transaction.ts";
import { DigestTree } from "./digest-tree.ts";
import { identifier, tableId } from "./identifier.ts";
import { follows, writeBlock, writeFirstBlock } from "./journal-block.ts";
import { JournalFile } from "./journal-file.ts";
import { parseQuery } from "./partiql.ts";
import { badRequest, invalidSession, occConflict } from "./refusal.ts";
import { Tables } from "./tables.ts";
import { Transaction } from "./transaction.ts";

/** What DescribeLedger tells of a ledger as it was made. */
export interface LedgerDescription {
  readonly name: string;
  readonly strandId: string;
  readonly createdMs: number;
  readonly permissionsMode: string;
  readonly deletionProtection: boolean;
}

/** Transactions live 30 seconds (service quota). */
const transactionLifeMs = 30_000;

/** One ledger: its journal file is the truth, everything else is read from it. */
export class Ledger {
  readonly description: LedgerDescription;
  readonly tables = new Tables();
  readonly tree = new DigestTree();
  readonly #blocks: string[] = [];
  readonly #file: JournalFile;
  #tipHash: Uint8Array = new Uint8Array(0);

  private constructor(description: LedgerDescription, file: JournalFile) {
    this.description = description;
    this.#file = file;
  }

  static path = (folder: string, name: string): string => join(folder, `${name}.journal`);

  static exists = (folder: string, name: string): boolean => existsSync(Ledger.path(folder, name));

  static create(folder: string, wanted: Omit<LedgerDescription, "strandId">): Ledger {
    const strandId = identifier(randomBytes(16));
    const { name, createdMs, permissionsMode, deletionProtection } = wanted;
    JournalFile.create(Ledger.path(folder, name), [
      ionText({ name, strandId, createdMs, permissionsMode, deletionProtection }),
      writeFirstBlock(strandId, identifier(randomBytes(16)), createdMs),
    ]);
    return Ledger.open(folder, name);
  }

  /** Reads the journal, verifying each block and its link; throws when a whole line doesn't verify. */
  static open(folder: string, name: string): Ledger {
    const { file, lines } = JournalFile.open(Ledger.path(folder, name));
    const [first = "", ...blocks] = lines;
    const ledger = new Ledger(parseDescription(first), file);
    blocks.forEach((text, i) => {
      if (!follows(text, i, ledger.#tipHash)) {
        throw new Error(`${Ledger.path(folder, name)}: block ${i} does not verify`);
      }
      ledger.#absorb(text);
    });
    return ledger;
  }

  /** Sequence number of the newest block. */
  get tip(): number {
    return this.#blocks.length - 1;
  }

  /** Ion text of a block; undefined beyond the tip. */
  block(sequenceNo: number): string | undefined {
    return this.#blocks[sequenceNo];
  }

  begin(nowMs: number): Transaction {
    return new Transaction(identifier(randomBytes(16)), this.tables, this.tip, nowMs);
  }

  /**
   * Commits: the client's digest must be the one of what was executed, nothing read may have changed since, and the block is on
   * disk before this returns. A transaction without statements leaves no block.
   */
  commit(transaction: Transaction, clientDigest: Uint8Array, nowMs: number): void {
    requireLive(transaction, nowMs);
    const { id, statements } = transaction;
    const digest = commitDigest(id, statements);
    if (!equal(digest, clientDigest)) throw badRequest("Digests don't match");
    if (statements.length === 0) return;
    if (transaction.hasConflict()) throw occConflict();
    const text = writeBlock({
      strandId: this.description.strandId,
      sequenceNo: this.tip + 1,
      previousBlockHash: this.#tipHash,
      transactionId: id,
      commitDigest: digest,
      atMs: nowMs,
      statements,
      changes: transaction.changes,
    });
    this.#file.append(text);
    this.#absorb(text);
  }

  close(): void {
    this.#file.close();
  }

  #absorb(text: string): void {
    const block = parseBlock(text);
    const sequenceNo = this.#blocks.length;
    this.#blocks.push(text);
    this.tree.append(block.blockHash);
    this.#tipHash = block.blockHash;
    if (block.transactionInfo === undefined) return;
    const info = structFields(block.transactionInfo, "transactionInfo");
    const fields = structFields(readIon(text, "block"), "block");
    const transactionId = ionString(field(fields, "transactionId", "block"), "transactionId");
    ionList(field(info, "statements", "transactionInfo"), "statements").forEach((statement, i) => {
      const query = parseQuery(ionString(statement.get("statement") ?? statement, "statement"));
      if (query.kind === "create-table") {
        this.tables.create(query.table, tableId(transactionId, i), sequenceNo);
      }
      if (query.kind === "drop-table") this.tables.drop(query.table, sequenceNo);
      if (query.kind === "create-index") this.tables.index(query.table, query.field, sequenceNo);
    });
    for (const committed of fields.get("revisions")?.elements() ?? []) {
      const { documentId, version, content } = parseRevision(committed);
      const table = info.get("documents")?.get(documentId, "tableId");
      if (!table) throw new Error("bug: a revision of no table");
      const data = "data" in content ? content.data : undefined;
      const revision = { documentId, sequenceNo, version, committed, data };
      this.tables.add(ionString(table, "tableId"), revision);
    }
  }
}

/** Refuses a transaction that is older than the service lets one live. */
export function requireLive(transaction: Transaction, nowMs: number): void {
  if (nowMs - transaction.startedMs > transactionLifeMs) {
    throw invalidSession(`Transaction ${transaction.id} has expired`);
  }
}

function parseDescription(text: string): LedgerDescription {
  const fields = structFields(readIon(text, "ledger"), "ledger");
  const get = (name: string) => field(fields, name, "ledger");
  return {
    name: ionString(get("name"), "ledger.name"),
    strandId: ionString(get("strandId"), "ledger.strandId"),
    createdMs: ionCount(get("createdMs"), "ledger.createdMs"),
    permissionsMode: ionString(get("permissionsMode"), "ledger.permissionsMode"),
    deletionProtection: get("deletionProtection").booleanValue() === true,
  };
}
