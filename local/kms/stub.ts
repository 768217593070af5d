import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Fate, fates, type ServiceFaults } from "../faults/fates.ts";
import { namesLoopback } from "../gateway/loopback.ts";
import {
  createAlias,
  createKey,
  describeKey,
  scheduleKeyDeletion,
  setState,
} from "./administration.ts";
import { decrypt, generateDataKey } from "./data-keys.ts";
import { Keyring } from "./keyring.ts";
import { httpStatus, KmsRefusal } from "./refusal.ts";
import { type KmsRequest, parseRequest } from "./request.ts";
import { getPublicKey, signMessage } from "./signing.ts";

/** A running stub. `stop` resolves when its port is free and no connection is left. */
export interface KmsStub {
  readonly endpoint: string;
  readonly port: number;
  stop(): Promise<void>;
}

export interface KmsStubOptions {
  /** Where the keys are kept, in a 0600 file; made if absent. */
  readonly folder: string;
  /** A free port if absent or 0. */
  readonly port?: number;
  readonly faults?: ServiceFaults;
  /** Takes one line a request: the operation and how it ended, never what was in it. */
  readonly log?: (line: string) => void;
}

type Operation = (keys: Keyring, request: KmsRequest) => Promise<object | undefined>;

const operations: Readonly<Record<string, Operation>> = {
  CreateAlias: createAlias,
  CreateKey: createKey,
  Decrypt: decrypt,
  DescribeKey: describeKey,
  DisableKey: setState("Disabled"),
  EnableKey: setState("Enabled"),
  GenerateDataKey: generateDataKey,
  GetPublicKey: getPublicKey,
  ScheduleKeyDeletion: scheduleKeyDeletion,
  Sign: signMessage,
};

/**
 * Serves the part of the KMS API that Countersign uses on 127.0.0.1: POST /, `x-amz-target: TrentService.…`, AWS JSON
 * 1.1. Requests must name this machine in Host and carry an AWS4-HMAC-SHA256 Authorization header, which is not checked further. Rejects if the port is taken.
 */
export async function startKmsStub(options: KmsStubOptions): Promise<KmsStub> {
  const keys = new Keyring(options.folder);
  const fateOf = fates(options.faults);
  const server = createServer(async (request, response) => {
    const name = operationName(request);
    const fate = fateOf(name);
    if (fate === "late") await sleep(options.faults?.lateMs ?? 1_000);
    const answer = await perform(keys, name, fate, request).catch(refusal);
    if (fate === "lost") request.socket.destroy();
    else send(response, answer);
    options.log?.(`kms ${name} ${fate} ${answer.note}`);
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const targetPrefix = "TrentService.";

function operationName(request: IncomingMessage): string {
  const target = request.headers["x-amz-target"];
  const name = typeof target === "string" && target.startsWith(targetPrefix);
  return name ? target.slice(targetPrefix.length) : "";
}

interface Answer {
  readonly status: number;
  readonly body: object | undefined;
  readonly note: string;
}

async function perform(
  keys: Keyring,
  name: string,
  fate: Fate,
  request: IncomingMessage,
): Promise<Answer> {
  const body = await readBody(request);
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined || request.method !== "POST") {
    throw new KmsRefusal("UnknownOperationException");
  }
  const { host, authorization } = request.headers;
  if (!namesLoopback(host) || !authorization?.startsWith("AWS4-HMAC-SHA256 ")) {
    throw new KmsRefusal("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  if (fate === "throttled") throw new KmsRefusal("ThrottlingException", "Rate exceeded");
  const parsed = parseRequest(body);
  if (fate === "twice") await operation(keys, parsed);
  return { status: 200, body: await operation(keys, parsed), note: "done" };
}

const maxBodyBytes = 65_536;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new KmsRefusal("SerializationException", "Request too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refusal(error: unknown): Answer {
  const type = error instanceof KmsRefusal ? error.type : "KMSInternalException";
  const message = error instanceof KmsRefusal && error.message !== "" ? error.message : undefined;
  const note = error instanceof KmsRefusal ? type : `${type} ${String(error)}`;
  const body = { __type: type, ...(message !== undefined && { message }) };
  return { status: httpStatus[type], body, note };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const text = body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, {
    "x-amzn-requestid": randomUUID(),
    "content-type": "application/x-amz-json-1.1",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
