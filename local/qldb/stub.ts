import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Fate } from "../faults/fates.ts";
import { control } from "./control-plane.ts";
import { Ledgers } from "./ledgers.ts";
import { Refusal, throttled, tooManySessionRequests } from "./refusal.ts";
import { commandName, SessionPlane } from "./session-plane.ts";

/** How to start the stub. */
export interface QldbStubOptions {
  /** Where the journals live, one file per ledger. */
  readonly folder: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly log?: (line: string) => void;
  /** The clock, in milliseconds since 1970. */
  readonly nowMs?: () => number;
  /** What becomes of a request, by the session plane's command or the control plane's method and path; all go well where this is absent. None comes twice: the driver repeats transactions, not requests. */
  readonly fateOf?: (command: string) => Fate;
  readonly lateMs?: number;
}

/** A running stub; `stop` closes every connection and file. */
export interface QldbStub {
  readonly endpoint: string;
  readonly port: number;
  stop(): Promise<void>;
}

const maxBodyBytes = 8 * 1024 * 1024;

/**
 * Amazon QLDB as its clients see it, both planes on one loopback port: real Ion, real hashes, a durable journal. Read transactions
 * append a block too, as the service's did.
 */
export async function startQldbStub(options: QldbStubOptions): Promise<QldbStub> {
  const ledgers = new Ledgers(options.folder);
  const nowMs = options.nowMs ?? Date.now;
  const sessions = new SessionPlane(ledgers, nowMs);
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      options.log?.(`qldb stub: ${error instanceof Error ? error.stack : String(error)}`);
      response.destroy();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let command = `${request.method} ${request.url}`;
    try {
      requireSignature(request);
      const body = await readBody(request);
      const [path = "/", search = ""] = (request.url ?? "/").split("?", 2);
      const sends = request.headers["x-amz-target"] === "QLDBSession.SendCommand" && path === "/";
      if (sends) command = commandName(body);
      const fate = options.fateOf?.(command) ?? "fine";
      if (fate === "late") await setTimeout(options.lateMs ?? 1_000);
      if (fate === "throttled") throw sends ? tooManySessionRequests() : throttled();
      const reply = sends
        ? sessions.send(body)
        : control(ledgers, request.method ?? "", path, body, nowMs(), new URLSearchParams(search));
      if (fate === "lost") {
        response.destroy();
        return;
      }
      write(response, 200, reply);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : serverFault(error, options.log);
      options.log?.(`qldb stub: ${command}: ${refusal.type}: ${refusal.message}`);
      response.setHeader("x-amzn-errortype", refusal.type);
      const { type: __type, message: Message, fields } = refusal;
      write(response, refusal.status, { __type, Message, ...fields });
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      ledgers.close();
    },
  };
}

function requireSignature({ headers }: IncomingMessage): void {
  const signature = headers.authorization ?? "";
  if (!/^AWS4-HMAC-SHA256 Credential=[^ ]+\/qldb\/aws4_request,/.test(signature)) {
    throw new Refusal(403, "MissingAuthenticationTokenException", "The request is not signed");
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let lengthBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    lengthBytes += chunk.length;
    if (lengthBytes > maxBodyBytes) {
      throw new Refusal(413, "RequestEntityTooLargeException", "The request is too large");
    }
    chunks.push(chunk);
  }
  if (lengthBytes === 0) return {};
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    body = undefined;
  }
  if (typeof body !== "object" || body === null) {
    throw new Refusal(400, "SerializationException", "The body is not a JSON object");
  }
  return body as Record<string, unknown>;
}

function serverFault(error: unknown, log: QldbStubOptions["log"]): Refusal {
  log?.(`qldb stub: ${error instanceof Error ? error.stack : String(error)}`);
  return new Refusal(500, "InternalFailure", "The service failed");
}

function write(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
