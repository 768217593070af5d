import { once } from "node:events";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import pg from "pg";
import type { Cluster, Connection } from "./cluster.ts";
import { errorMessage, message, readyIdle, startupSettings } from "./messages.ts";
import { relay } from "./relay.ts";
import { readToken } from "./token.ts";

const sslRequest = Buffer.from("0000000804d2162f", "hex");
/** What a client may say of itself: there is one database, and settings are few. */
const settings = new Set(["user", "database", "client_encoding", "application_name"]);
const admin = "admin";

/** The bytes of `socket`, as many as are asked for at a time. */
function reader(socket: Socket): (bytes: number) => Promise<Buffer> {
  return async (bytes) => {
    for (;;) {
      const found = socket.read(bytes) as Buffer | null;
      if (found) return found;
      await once(socket, "readable");
    }
  };
}

/** Lets a client in, or says why not, and passes its statements on until either side ends. */
export async function attend(plain: Socket, cluster: Cluster): Promise<void> {
  plain.on("error", () => plain.destroy());
  if (!(await reader(plain)(8)).equals(sslRequest)) throw new Error("DSQL speaks TLS only");
  plain.write("S");
  const { key, cert } = cluster.certificate;
  const client = new TLSSocket(plain, { isServer: true, key, cert });
  client.on("error", () => client.destroy());
  const read = reader(client);
  const length = await read(4);
  const asked = startupSettings(Buffer.concat([length, await read(length.readInt32BE(0) - 4)]));
  client.write(message("R", Buffer.from("00000003", "hex")));
  const head = await read(5);
  const password = await read(head.readInt32BE(1) - 4);
  const refused = (code: string, text: string): void =>
    void client.end(errorMessage("FATAL", code, text));
  const strange = Object.keys(asked).filter((name) => !settings.has(name));
  if (strange.length > 0) return refused("0A000", `setting ${strange[0]} is not supported`);
  if (asked.database !== "postgres") return refused("3D000", "there is one database: postgres");
  const { user: role = "" } = asked;
  const token = password.toString("utf8", 0, password.length - 1);
  const { endpoint, nowMs, callers } = cluster;
  const bearer = readToken(token, endpoint, nowMs(), (id) => callers[id]?.secret);
  const arn = "refused" in bearer ? "" : (callers[bearer.accessKeyId]?.arn ?? "");
  const action = role === admin ? "DbConnectAdmin" : "DbConnect";
  const granted = role === admin || cluster.grants.get(role)?.has(arn) === true;
  if ("refused" in bearer || bearer.action !== action || !granted) {
    return refused("28000", "unable to accept connection, access denied");
  }
  const openedMs = nowMs();
  const connection: Connection = { role, openedMs, tokenAgeMs: openedMs - bearer.signedMs };
  cluster.connections.push(connection);
  const server = await behind(cluster.databaseUrl, role);
  const end = (): void => {
    connection.closedMs ??= nowMs();
    cluster.ends.delete(end);
    client.destroy();
    server.destroy();
  };
  cluster.ends.add(end);
  for (const socket of [client, server]) socket.on("close", end).on("error", end);
  client.write(Buffer.concat([message("R", Buffer.alloc(4)), readyIdle]));
  relay(cluster, connection, { client, server, end });
}

/** A session of PostgreSQL as `role`, at the one isolation level there is. */
async function behind(url: string, role: string): Promise<Socket> {
  const client = new pg.Client(url);
  client.on("error", () => undefined);
  await client.connect();
  await client.query("SET default_transaction_isolation = 'repeatable read'");
  if (role !== admin) await client.query(`SET SESSION AUTHORIZATION "${role}"`);
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.removeAllListeners();
  stream.unref();
  return stream;
}
