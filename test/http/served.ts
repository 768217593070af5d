import { rmSync } from "node:fs";
import { insurerRows } from "../../functions/adapters/postgres/insurer-rows.ts";
import { auditorEndpoints } from "../../functions/auditor/endpoints.ts";
import { claimantEndpoints } from "../../functions/claimant/endpoints.ts";
import { claimsPort } from "../../functions/command/claims-port.ts";
import { decisionsPort } from "../../functions/command/decisions-port.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { wallClock } from "../../functions/http/clock.ts";
import type { LogFields } from "../../functions/http/edge.ts";
import { unrouted } from "../../functions/http/unrouted.ts";
import { insurerEndpoints } from "../../functions/insurer/endpoints.ts";
import { publicEndpoints } from "../../functions/public/endpoints.ts";
import { startGateway } from "../../local/gateway/start.ts";
import { issuerKey } from "../../local/issuer/key-file.ts";
import { personClient } from "../../local/issuer/token.ts";
import { localUser } from "../../local/issuer/users.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import type { Role } from "../../shared/api/role.ts";
import type { Principal } from "../../shared/ports/claims.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { random, startPlatform } from "../command/platform.ts";
import { asDocumented } from "./as-documented.ts";
import { principalsDouble } from "./claims-double.ts";
import { startDocuments } from "./documents.ts";
import { claimsOf, signWith } from "./signed.ts";

/** No entry is asked for by its leaf hash here. */
export const noIndexes = { indexOf: async () => undefined };

/** Somebody who may ask: their name is their login. */
export interface Somebody {
  readonly name: string;
  readonly principals: readonly Principal[];
}

/** A person of one role at one insurer. */
export const person = (
  name: string,
  insurer: string,
  role: Role,
  handle = newHandle(random),
  kind: Principal["kind"] = "person",
): Somebody => ({ name, principals: [{ insurer, role, person: handle, kind }] });

/** The API over HTTP with everything real behind it but the issuer's pages: tokens, gateway, endpoints, commands, PostgreSQL. */
export async function startServed() {
  const folder = temporaryFolder("served");
  const platform = await startPlatform();
  const key = await issuerKey(folder, "https://issuer.example");
  const rows: (readonly [string, Principal])[] = [];
  const known = new Map<string, Somebody>();
  const woken: string[] = [];
  const lines: LogFields[] = [];
  const edge = {
    principals: principalsDouble(() => key.issuer, rows),
    log: {
      info: (_: string, fields: LogFields) => void lines.push(fields),
      error: (_: string, fields: LogFields) => void lines.push(fields),
    },
    now: wallClock,
    wake: async (insurer: string) => void woken.push(insurer),
  };
  const claims = claimsPort(platform.ports, platform.published);
  const commands = platform.ports;
  const documents = await startDocuments();
  const evidence = documents.store;
  const auditing = memoryStore();
  const gateway = await startGateway({
    port: 0,
    handlers: {
      claimant: claimantEndpoints(edge, {
        claims,
        commands,
        evidence,
        pause: async (ms) => ms,
      }),
      insurer: insurerEndpoints(edge, decisionsPort(commands), {
        ...commands,
        ...insurerRows(platform.pool),
        jobs: documents.jobs,
        uploads: documents.uploads,
        published: platform.published,
      }),
      public: publicEndpoints(edge, {
        published: platform.published,
        indexes: noIndexes,
        ready: async () => {},
      }),
      unrouted: unrouted(edge),
      auditor: auditorEndpoints(edge, { commands, published: platform.published, auditing }),
    },
    trusted: { issuer: key.issuer, jwks: { keys: [key.public] }, audience: [personClient] },
    published: platform.published,
    log: () => undefined,
  });
  const tokenOf = (name: string): Promise<string> => {
    const somebody = known.get(name);
    const user = localUser(name, somebody?.principals[0]?.role ?? "claimant");
    return signWith(key, claimsOf(key, user));
  };
  return {
    ports: platform.ports,
    documents: documents.objects,
    /** What the importer works with. */
    importing: {
      ...commands,
      desk: insurerRows(platform.pool).desk,
      jobs: documents.jobs,
      uploads: documents.uploads,
    },
    pool: platform.pool,
    superuserUrl: platform.superuserUrl,
    databaseUrl: platform.url,
    published: platform.published,
    /** What the log said of each request. */
    lines,
    url: gateway.url,
    port: gateway.port,
    woken,
    tokenOf,
    /** Lets these people in. */
    enrol(...people: readonly Somebody[]): void {
      for (const each of people) {
        known.set(each.name, each);
        const { sub } = localUser(each.name, "claimant");
        rows.push(...each.principals.map((principal) => [sub, principal] as const));
      }
    },
    get: async (as: string, path: string): Promise<Response> =>
      asDocumented(
        "GET",
        path,
        await fetch(`${gateway.url}${path}`, {
          headers: { authorization: `Bearer ${await tokenOf(as)}` },
        }),
      ),
    post: async (
      as: string,
      path: string,
      body: unknown,
      headers: Record<string, string> = {},
    ): Promise<Response> =>
      asDocumented(
        "POST",
        path,
        await fetch(`${gateway.url}${path}`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${await tokenOf(as)}`,
            "content-type": "application/json",
            "idempotency-key": newHandle(random),
            ...headers,
          },
          body: JSON.stringify(body),
        }),
      ),
    async close(): Promise<void> {
      await gateway.stop(500);
      await documents.stop();
      await platform.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Served = Awaited<ReturnType<typeof startServed>>;

/** A claim of one line in USD, as a client writes it. */
export const claimBody = (insurer: string, policy: string | undefined, amount = "50.00") => ({
  insurer,
  ...(policy ? { policy } : {}),
  event: "illness",
  lossDate: "2021-03-04",
  diagnoses: [],
  lines: [{ service: "surgery", claimed: { amount, currency: "USD" } }],
  payee: { name: "Test Payee", account: "DE89370400440532013000" },
});
