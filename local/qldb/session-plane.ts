import { randomBytes } from "node:crypto";
import { dumpBinary } from "ion-js";
import { fromBase64, toBase64 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { type IonValue, readIon } from "../../shared/qldb/ion.ts";
import { identifier } from "./identifier.ts";
import { type Ledger, requireLive } from "./ledger.ts";
import type { Ledgers } from "./ledgers.ts";
import { badRequest, invalidSession, limitExceeded } from "./refusal.ts";
import type { Transaction } from "./transaction.ts";

const pageRows = 200;

/** Service quotas: sessions of a ledger at once, and how long one lives (13 to 17 minutes there). */
const maxSessions = 3_000;
const sessionLifeMs = 13 * 60_000;

interface Open {
  readonly transaction: Transaction;
  readonly pages: Map<string, IonValue[]>;
}

interface Session {
  readonly ledger: Ledger;
  readonly startedMs: number;
  open: Open | undefined;
}

type Fields = Record<string, unknown>;

/** The commands of QLDBSession.SendCommand (apiVersion 2019-07-11). Sessions live in memory only, as long as the stub. */
export class SessionPlane {
  readonly #ledgers: Ledgers;
  readonly #nowMs: () => number;
  readonly #sessions = new Map<string, Session>();

  constructor(ledgers: Ledgers, nowMs: () => number) {
    this.#ledgers = ledgers;
    this.#nowMs = nowMs;
  }

  /** Answers one command; `body` is the parsed request. Throws Refusal. */
  send(body: Fields): Fields {
    const name = commandName(body);
    const command = body[name] as Fields;
    if (name === "StartSession") return { StartSession: this.#startSession(command) };
    const token = text(body, "SessionToken");
    const session = this.#sessions.get(token);
    if (session === undefined) throw invalidSession("Invalid session");
    if (this.#isOver(session)) {
      this.#sessions.delete(token);
      throw invalidSession("Session has expired");
    }
    return { [name]: { ...this.#inSession(name, command, session, token), ...timing } };
  }

  #inSession(name: string, command: Fields, session: Session, token: string): Fields {
    switch (name) {
      case "StartTransaction":
        return this.#startTransaction(session);
      case "ExecuteStatement":
        return this.#execute(command, session);
      case "FetchPage":
        return { Page: this.#fetchPage(command, session) };
      case "CommitTransaction":
        return this.#commit(command, session);
      case "AbortTransaction":
        session.open = undefined;
        return {};
      default:
        this.#sessions.delete(token);
        return {};
    }
  }

  #startSession(command: Fields): Fields {
    const name = text(command, "LedgerName");
    const ledger = this.#ledgers.find(name);
    if (ledger === undefined) throw badRequest(`Ledger ${name} not found`);
    for (const [token, session] of this.#sessions) {
      if (this.#isOver(session)) this.#sessions.delete(token);
    }
    const active = [...this.#sessions.values()].filter((session) => session.ledger === ledger);
    if (active.length >= maxSessions) {
      throw limitExceeded(`Ledgers have at most ${maxSessions} active sessions`);
    }
    const token = toBase64(randomBytes(24));
    this.#sessions.set(token, { ledger, startedMs: this.#nowMs(), open: undefined });
    return { SessionToken: token, ...timing };
  }

  #isOver({ startedMs }: Session): boolean {
    return this.#nowMs() - startedMs > sessionLifeMs;
  }

  #startTransaction(session: Session): Fields {
    if (session.open !== undefined) throw badRequest("A transaction is already open");
    const transaction = session.ledger.begin(this.#nowMs());
    session.open = { transaction, pages: new Map() };
    return { TransactionId: transaction.id };
  }

  #execute(command: Fields, session: Session): Fields {
    const open = this.#openTransaction(command, session);
    const parameters = ((command.Parameters ?? []) as Fields[]).map((holder) => ionBytes(holder));
    const statement = text(command, "Statement");
    const { rows, readIos } = open.transaction.execute(statement, parameters, this.#nowMs());
    return { FirstPage: page(rows, open), ConsumedIOs: { ReadIOs: readIos, WriteIOs: 0 } };
  }

  #fetchPage(command: Fields, session: Session): Fields {
    const open = this.#openTransaction(command, session);
    const token = text(command, "NextPageToken");
    const rows = open.pages.get(token);
    if (rows === undefined) throw badRequest("Invalid NextPageToken");
    open.pages.delete(token);
    return page(rows, open);
  }

  #commit(command: Fields, session: Session): Fields {
    const { transaction } = this.#openTransaction(command, session);
    const digest = bytes(command, "CommitDigest");
    session.open = undefined;
    session.ledger.commit(transaction, digest, this.#nowMs());
    return { TransactionId: transaction.id, CommitDigest: toBase64(digest) };
  }

  #openTransaction(command: Fields, session: Session): Open {
    const { open } = session;
    const id = text(command, "TransactionId");
    if (open === undefined || open.transaction.id !== id) {
      throw badRequest(`Transaction ${id} is not open in this session`);
    }
    try {
      requireLive(open.transaction, this.#nowMs());
    } catch (expired) {
      session.open = undefined;
      throw expired;
    }
    return open;
  }
}

const commands = [
  "StartSession",
  "StartTransaction",
  "ExecuteStatement",
  "FetchPage",
  "CommitTransaction",
  "AbortTransaction",
  "EndSession",
] as const;

/** The one command a SendCommand request carries. Throws Refusal. */
export function commandName(body: Fields): (typeof commands)[number] {
  const [name, ...others] = commands.filter((command) => typeof body[command] === "object");
  if (name === undefined || others.length > 0) {
    throw badRequest("A request carries exactly one command");
  }
  return name;
}

const timing = { TimingInformation: { ProcessingTimeMilliseconds: 1 } };

function page(rows: readonly IonValue[], open: Open): Fields {
  const Values = rows.slice(0, pageRows).map((row) => ({ IonBinary: toBase64(dumpBinary(row)) }));
  if (rows.length <= pageRows) return { Values };
  const token = identifier(randomBytes(16));
  open.pages.set(token, rows.slice(pageRows));
  return { Values, NextPageToken: token };
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string" || value === "") throw badRequest(`${name} is missing`);
  return value;
}

/** Service quotas: bytes of a parameter, in Ion binary and in text. */
const maxBinaryBytes = 128 * 1024;
const maxTextBytes = 1024 * 1024;

/** A parameter, in Ion binary or text. */
function ionBytes(holder: Fields): Uint8Array {
  if (typeof holder.IonText !== "string") {
    const binary = bytes(holder, "IonBinary");
    requireFitting("IonBinary", binary.length, maxBinaryBytes);
    return binary;
  }
  requireFitting("IonText", Buffer.byteLength(holder.IonText), maxTextBytes);
  try {
    return dumpBinary(readIon(holder.IonText, "IonText"));
  } catch (error) {
    if (error instanceof Malformed) throw badRequest(error.message);
    throw error;
  }
}

function requireFitting(name: string, length: number, most: number): void {
  if (length > most) throw limitExceeded(`Parameters have at most ${most} bytes as ${name}`);
}

function bytes(fields: Fields, name: string): Uint8Array {
  try {
    return fromBase64(text(fields, name), name);
  } catch (error) {
    if (error instanceof Malformed) throw badRequest(error.message);
    throw error;
  }
}
