import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { chance } from "../faults/chance.ts";
import type { BankStub } from "./stub.ts";

/** How often, 0 to 1, a request is lost on the way: "lost" before the bank has it, "kept" after it has, its answer lost. Which ones are is told by the seed and their order. */
export interface NetworkFaults {
  readonly seed: string;
  readonly lost: number;
  readonly kept: number;
}

/** A bank's door for instant payments on 127.0.0.1. */
export interface BankDoor {
  readonly url: string;
  stop(): Promise<void>;
}

const mostBytes = 1_048_576;

/** Serves what functions/adapters/rail/instant-rail.ts asks. A listing of messages is a round. */
export async function serveBank(
  bank: BankStub,
  { port = 0, faults }: { readonly port?: number; readonly faults?: NetworkFaults } = {},
): Promise<BankDoor> {
  let nth = 0;
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://bank").pathname;
    nth++;
    const luck = faults ? chance(faults.seed, "request", nth) : 1;
    if (faults && luck < faults.lost) return void request.socket.destroy();
    const answer = await answerTo(bank, request, path.split("/").slice(1).map(decodeURIComponent));
    if (faults && luck < faults.lost + faults.kept) return void request.socket.destroy();
    send(response, answer);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body?: string;
}

async function answerTo(
  bank: BankStub,
  request: IncomingMessage,
  [customer = "", what = "", name = "", ...more]: readonly string[],
): Promise<Answer> {
  const { method } = request;
  const body = await bodyOf(request);
  if (customer === "" || more.length > 0) return { status: 404 };
  if (method === "PUT" && what === "payments") {
    if (!body) return { status: 413 };
    if (!body.toString("utf8").includes(`<EndToEndId>${name}</EndToEndId>`)) return { status: 400 };
    return { status: bank.accept(customer, body) === "conflict" ? 409 : 202 };
  }
  if (what !== "messages") return { status: 404 };
  if (method === "GET" && name === "") {
    bank.nextRound(customer);
    const messages = bank.waiting(customer).map((message) => message.name);
    return { status: 200, body: JSON.stringify({ messages: messages.slice(0, 500) }) };
  }
  const text = bank.message(customer, name);
  if (text === undefined) return { status: 404 };
  if (method === "GET") return { status: 200, body: text };
  if (method !== "DELETE") return { status: 405 };
  bank.forget(customer, name);
  return { status: 204 };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
  }
  return size > mostBytes ? undefined : Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(
    status,
    body === undefined ? {} : { "content-length": Buffer.byteLength(body) },
  );
  response.end(body);
}
