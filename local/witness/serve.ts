import type { IncomingMessage, ServerResponse } from "node:http";
import { utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { maxRequestBytes } from "../../shared/log/witness.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { readBody } from "../gateway/body.ts";
import { type Listening, listen } from "../gateway/listen.ts";
import {
  addCheckpoint,
  newestCheckpoint,
  type WitnessAnswer,
  type WitnessPorts,
} from "./cosign.ts";

/** Time for one whole request to arrive. */
const requestTimeout = 10_000;
const text = "text/plain; charset=utf-8";

/**
 * Serves a witness on 127.0.0.1 at `port` (0: any free one): `POST /add-checkpoint` and `GET /<origin hash>/checkpoint`. What it can't answer
 * is 503, or 500 where its state is damaged, told to `complain`. Throws CannotListen.
 */
export function serveWitness(
  ports: WitnessPorts,
  port: number,
  complain: (line: string) => void,
): Promise<Listening> {
  const options = { requestTimeout, headersTimeout: requestTimeout, maxHeaderSize: 8_192 };
  const answering = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      send(response, await answer(ports, request));
    } catch (error) {
      if (response.destroyed) return;
      const known = error instanceof Unavailable || error instanceof Malformed;
      complain(known ? error.message : `failed: ${String(error)}`);
      send(response, plain(error instanceof Unavailable ? 503 : 500, "not cosigned"));
    }
  };
  return listen(
    "The witness",
    port,
    (request, response) => void answering(request, response),
    options,
  );
}

async function answer(ports: WitnessPorts, request: IncomingMessage): Promise<WitnessAnswer> {
  const { method, url = "/" } = request;
  if (url === "/add-checkpoint") {
    if (method !== "POST") return plain(405, "add-checkpoint is a POST");
    const body = await readBody(request, maxRequestBytes);
    return body === "too large"
      ? plain(400, "the request is too long")
      : addCheckpoint(ports, body);
  }
  const originHash = /^\/([0-9a-f]{64})\/checkpoint$/.exec(url)?.[1];
  if (originHash === undefined) return plain(404, "no such path");
  return method === "GET" ? newestCheckpoint(ports, originHash) : plain(405, "checkpoint is a GET");
}

const plain = (status: number, line: string): WitnessAnswer => ({
  status,
  contentType: text,
  body: utf8(`${line}\n`),
});

/** The answer; what was not read of the request is left, and then the connection ends. */
function send(response: ServerResponse, { status, contentType, body }: WitnessAnswer): void {
  if (!response.req.complete) response.setHeader("connection", "close");
  response.writeHead(status, { "content-type": contentType, "content-length": body.length });
  response.end(body);
}
