import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readBody } from "../../local/gateway/body.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { witnessKey } from "../../local/witness/key.ts";
import { serveWitness } from "../../local/witness/serve.ts";
import type { VerifierKey } from "../../shared/log/key.ts";
import type { PolicyWitness } from "../../shared/log/policy.ts";

/** What may go wrong with one answer of a witness. */
export type WitnessFault =
  | "lost"
  | "kept but lost"
  | "late"
  | "twice"
  | "another's line"
  | { readonly status: number; readonly body?: string };

/** A witness of ours behind a wire that fails as it is told. */
export interface WiredWitness {
  readonly line: PolicyWitness;
  /** Requests that came to the wire so far. */
  requests(): number;
  /** What becomes of the next requests, one each; "well" is no fault. */
  plan(...faults: readonly (WitnessFault | "well")[]): void;
  stop(): Promise<void>;
}

/** How long an answer that is late keeps its asker waiting. */
export const lateMs = 600;

/** A witness under `name`, its key in `folder`, that trusts `keys` for every origin they name. */
export async function wiredWitness(
  folder: string,
  name: string,
  keys: () => readonly VerifierKey[],
): Promise<WiredWitness> {
  const cosigner = witnessKey(folder, `w.example/${name}`);
  const keysOf = (origin: string) => keys().filter((key) => key.name === origin);
  const now = () => BigInt(Math.floor(Date.now() / 1_000));
  const inner = await serveWitness(
    { state: memoryStore(), cosigner, keysOf, now },
    0,
    () => undefined,
  );
  const planned: (WitnessFault | "well")[] = [];
  let requests = 0;
  const wire = createServer((request, response) => {
    requests++;
    void carry(inner.url, request, response, planned.shift() ?? "well");
  });
  await new Promise<void>((done) => wire.listen(0, "127.0.0.1", done));
  const { port } = wire.address() as AddressInfo;
  return {
    line: { name, key: cosigner.key, url: `http://127.0.0.1:${port}` },
    requests: () => requests,
    plan: (...faults) => planned.splice(0, planned.length, ...faults),
    stop: async () => {
      wire.closeAllConnections();
      await new Promise((done) => wire.close(done));
      await inner.stop(0);
    },
  };
}

async function carry(
  url: string,
  request: IncomingMessage,
  response: ServerResponse,
  fault: WitnessFault | "well",
): Promise<void> {
  const body = await readBody(request, 1_000_000);
  if (fault === "lost") return void response.socket?.destroy();
  if (typeof fault === "object") {
    const type = fault.status === 409 ? "text/x.tlog.size" : "text/plain";
    return void response
      .writeHead(fault.status, { "content-type": type })
      .end(fault.body ?? "no\n");
  }
  const answer = await fetch(`${url}${request.url}`, {
    method: request.method ?? "POST",
    body: Uint8Array.from(body === "too large" ? [] : body),
  });
  const text = await answer.text();
  if (fault === "kept but lost") return void response.socket?.destroy();
  if (fault === "late") await new Promise((done) => setTimeout(done, lateMs));
  const lines = { twice: text + text, "another's line": text.replace("— w", "— x") };
  const said = fault === "twice" || fault === "another's line" ? lines[fault] : text;
  const type = answer.headers.get("content-type") ?? "";
  response.writeHead(answer.status, { "content-type": type }).end(said);
}
