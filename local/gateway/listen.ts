import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import type { Duplex } from "node:stream";

/** A server could not be brought up here; the message is one sentence for the person who started it. */
export class CannotListen extends Error {
  override readonly name = "CannotListen";
}

/** A server that listens on loopback. */
export interface Listening {
  readonly port: number;
  readonly url: string;
  /** Takes no more requests, lets running ones finish for up to `graceMs`, then closes every connection. */
  stop(graceMs?: number): Promise<void>;
}

const address = "127.0.0.1";

/** A client keeps its connection after its last answer; while stopping, such connections are closed this often. */
const sweepMs = 20;

/** How a server is set up, and what it does with what is no HTTP request. */
export interface ListenOptions extends ServerOptions {
  readonly refuseBroken?: (error: NodeJS.ErrnoException, socket: Duplex) => void;
}

/** Serves `listener` on 127.0.0.1 at `port` (0: any free one). Throws CannotListen, one sentence that names the port. */
export async function listen(
  what: string,
  port: number,
  listener: RequestListener,
  { refuseBroken, ...options }: ListenOptions = {},
): Promise<Listening> {
  const server = createServer(options, listener);
  if (refuseBroken) server.on("clientError", refuseBroken);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(explain(what, port, error)));
    server.listen({ host: address, port, exclusive: true }, resolve);
  });
  const bound = server.address();
  const boundPort = typeof bound === "object" && bound !== null ? bound.port : port;
  return {
    port: boundPort,
    url: `http://${address}:${boundPort}`,
    stop: (graceMs = 2_000) => close(server, graceMs),
  };
}

function explain(what: string, port: number, error: NodeJS.ErrnoException): Error {
  if (error.code === "EADDRINUSE") {
    return new CannotListen(
      `${what} can't listen: port ${port} on ${address} is taken by another program.`,
    );
  }
  if (error.code === "EACCES") {
    return new CannotListen(`${what} can't listen: port ${port} needs more rights than you have.`);
  }
  return error;
}

function close(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
  });
}
