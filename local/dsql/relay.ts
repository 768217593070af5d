import type { Socket } from "node:net";
import { chance } from "../faults/chance.ts";
import type { Cluster, Connection } from "./cluster.ts";
import {
  errorMessage,
  type Message,
  message,
  messageReader,
  queryText,
  readyIdle,
} from "./messages.ts";

/** The two ends of a connection, and what ends both. */
interface Ends {
  readonly client: Socket;
  readonly server: Socket;
  readonly end: () => void;
}

const longestLifeMs = 60 * 60_000;
const mostRows = 3_000;
const mostBytes = 10 * 1024 * 1024;

const conflicts = {
  OC000: "change conflicts with another transaction, please retry: (OC000)",
  OC001: "schema has been updated by another transaction, please retry: (OC001)",
} as const;

/** What becomes of one answer's messages on their way back; undefined: the message goes no further. */
type Answer = (message: Message) => Buffer | undefined;
const asItIs: Answer = ({ bytes }) => bytes;

/** One connection under way. */
interface Session extends Ends {
  readonly cluster: Cluster;
  /** Of what PostgreSQL still has to answer, in order. */
  readonly answers: Answer[];
  /** What the transaction that is open has changed so far. */
  open: { rows: number; bytes: number } | undefined;
  /** The error that what goes on now, up to the next Sync, is answered with. */
  swallowing: Buffer | undefined;
  /** Whether it was judged. */
  judged: boolean;
}

function say({ answers, server }: Session, text: string, answer: Answer = asItIs): void {
  answers.push(answer);
  server.write(message("Q", text));
}

/** An answer of our own, between two of PostgreSQL's. */
const refuse = ({ client }: Session, error: Buffer): void =>
  void client.write(Buffer.concat([error, readyIdle]));

/** A simple Query. */
function query(session: Session, text: string): void {
  const { cluster, open } = session;
  const ending = /^(COMMIT|ROLLBACK)\b/i.exec(text)?.[1]?.toUpperCase();
  const refused = ending === "COMMIT" ? refusalOf(cluster, open) : undefined;
  if (/^BEGIN\b/i.test(text)) session.open = { rows: 0, bytes: 0 };
  if (ending !== undefined) session.open = undefined;
  const index = /^CREATE (?:UNIQUE )?INDEX (ASYNC )?/i.exec(text);
  if (refused) say(session, "ROLLBACK", instead(refused));
  else if (index?.[1]) say(session, ...indexJob(text));
  else if (index) refuse(session, errorMessage("ERROR", "0A000", "please use CREATE INDEX ASYNC"));
  else if (!grant(session, text)) say(session, text);
}

/** Keeps who may connect as whom; false where that is not what the statement says. */
function grant(session: Session, text: string): boolean {
  const { grants } = session.cluster;
  const [, role = "", arn = ""] = /^AWS IAM GRANT (\w+) TO '([^']+)'$/.exec(text) ?? [];
  if (arn === "") return false;
  const arns = grants.get(role) ?? new Set();
  if (arns.has(arn)) refuse(session, errorMessage("ERROR", "42710", "the role is granted already"));
  else {
    grants.set(role, arns.add(arn));
    say(session, "SELECT WHERE false");
  }
  return true;
}

function fromClient(session: Session, connection: Connection, { type, bytes }: Message): void {
  const { cluster, open, answers, server } = session;
  const old = cluster.nowMs() - connection.openedMs > longestLifeMs;
  if (old) session.client.write(errorMessage("FATAL", "57P01", "older than 60 minutes"));
  if (old || type === "X") session.end();
  else if (type === "Q") query(session, queryText({ type, bytes }).trim());
  else {
    if (type === "B" && open) open.bytes += bytes.length;
    if (!open && !session.judged && (type === "P" || type === "B")) {
      session.swallowing = conflictOf(cluster);
      session.judged = true;
    }
    const { swallowing } = session;
    if (type === "S") Object.assign(session, { judged: false, swallowing: undefined });
    if (swallowing && type === "S") refuse(session, swallowing);
    if (swallowing) return;
    if (type === "S") answers.push(asItIs);
    server.write(bytes);
  }
}

function fromServer({ answers, open, client }: Session, one: Message): void {
  const passed = (answers[0] ?? asItIs)(one);
  if (one.type === "Z") answers.shift();
  const tag = one.type === "C" ? one.bytes.toString("latin1", 5) : "";
  const [, rows] = /^(?:INSERT 0|UPDATE|DELETE) (\d+)/.exec(tag) ?? [];
  if (open && rows !== undefined) open.rows += Number(rows);
  if (passed) client.write(passed);
}

/** Passes messages on between a client and PostgreSQL, and does what DSQL does otherwise. */
export function relay(cluster: Cluster, connection: Connection, ends: Ends): void {
  const answers: Answer[] = [];
  const fresh = { open: undefined, swallowing: undefined, judged: false };
  const session: Session = { ...ends, ...fresh, cluster, answers };
  const each = (socket: Socket, take: (one: Message) => void): void => {
    const read = messageReader();
    socket.on("data", (chunk: Buffer) => {
      for (const one of read(chunk)) take(one);
    });
    socket.resume();
  };
  each(ends.client, (one) => fromClient(session, connection, one));
  each(ends.server, (one) => fromServer(session, one));
}

/** An error in place of what the statement says of itself. */
const instead =
  (error: Buffer): Answer =>
  ({ type, bytes }) =>
    type === "C" ? error : type === "Z" ? bytes : undefined;

/** Why a transaction can't be committed. */
function refusalOf(cluster: Cluster, open: { rows: number; bytes: number } | undefined) {
  if ((open?.rows ?? 0) > mostRows) {
    return errorMessage("ERROR", "54000", "transaction row limit exceeded");
  }
  if ((open?.bytes ?? 0) > mostBytes) {
    return errorMessage("ERROR", "54000", "transaction size limit 10mb exceeded");
  }
  return conflictOf(cluster);
}

/** Whether the next transaction loses, and by what. */
function conflictOf(cluster: Cluster): Buffer | undefined {
  const { faults } = cluster;
  const nth = cluster.commits++;
  if (!faults || chance(faults.seed, "loses", nth) >= faults.share) return undefined;
  cluster.lost += 1;
  const code = chance(faults.seed, "why", nth) < 0.5 ? "OC000" : "OC001";
  return errorMessage("ERROR", "40001", conflicts[code]);
}

/** An index is made at once, by a job that `sys.jobs` knows, whose id is the one row of the answer. */
function indexJob(statement: string): [text: string, answer: Answer] {
  let first = true;
  const made = statement.replace(/ASYNC /i, "");
  const job = `INSERT INTO sys.jobs VALUES (gen_random_uuid()::text, 'completed', '') RETURNING job_id`;
  return [
    `${made}; ${job}`,
    ({ type, bytes }) => {
      const own = type === "C" && first;
      if (type === "C") first = false;
      return own ? undefined : bytes;
    },
  ];
}
