import { setTimeout as sleep } from "node:timers/promises";
import { entryIndexes } from "../../functions/adapters/postgres/entry-indexes.ts";
import { insurerRows } from "../../functions/adapters/postgres/insurer-rows.ts";
import type { Pool } from "../../functions/adapters/postgres/pool.ts";
import { postgresPrincipals } from "../../functions/adapters/postgres/principals.ts";
import { databaseReady } from "../../functions/adapters/postgres/ready.ts";
import { auditorEndpoints } from "../../functions/auditor/endpoints.ts";
import { claimantEndpoints } from "../../functions/claimant/endpoints.ts";
import type { Pause } from "../../functions/claimant/wait.ts";
import { claimsPort } from "../../functions/command/claims-port.ts";
import { decisionsPort } from "../../functions/command/decisions-port.ts";
import type { ReceiptSource } from "../../functions/command/receipt-source.ts";
import { wallClock } from "../../functions/http/clock.ts";
import type { RequestLog } from "../../functions/http/edge.ts";
import { unrouted } from "../../functions/http/unrouted.ts";
import { insurerEndpoints } from "../../functions/insurer/endpoints.ts";
import type { InsurerJobs } from "../../functions/insurer/ports.ts";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import { publicEndpoints } from "../../functions/public/endpoints.ts";
import { apiVersion, openApiDocument } from "../../shared/api/openapi/document.ts";
import { routes } from "../../shared/api/routes.ts";
import type { EvidenceStore } from "../../shared/ports/evidence.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { Page, Pages } from "../gateway/pages.ts";
import { type Handlers, startGateway } from "../gateway/start.ts";
import type { Throttle } from "../gateway/throttle.ts";
import { type Issuer, startIssuer } from "../issuer/start.ts";
import type { LocalUser } from "../issuer/users.ts";

/** What the HTTP side stands on. */
export interface HttpOptions {
  readonly ports: OperatorPorts;
  readonly pool: Pool;
  readonly published: ObjectStore;
  /** Where receipts come from; the published files if absent. */
  readonly receipts?: ReceiptSource;
  readonly evidence: EvidenceStore;
  readonly auditing: ObjectStore;
  readonly insurerJobs: InsurerJobs;
  readonly issuerFolder: string;
  /** 0: any free one. */
  readonly port: number;
  readonly issuerPort: number;
  readonly users: readonly LocalUser[];
  /** Static pages beside the API, by path. */
  readonly pages?: Pages | undefined;
  readonly log: RequestLog;
  /** The functions, where they are not to be made from the sources here: built bundles. */
  readonly handlers?: Handlers | undefined;
  /** What passes, for all callers together: as much as the deployed stage lets pass unless said. */
  readonly throttle?: Throttle;
  /** How one waits for a checkpoint; by the clock alone if absent. */
  readonly pause?: Pause;
  /** Called after every request that left something for the jobs. */
  readonly wake: () => void;
}

/** The API of this machine, and its token issuer. */
export interface Http {
  readonly url: string;
  readonly issuer: Issuer;
  stop(): Promise<void>;
}

/** Serves the real handlers' endpoints through the local gateway. Throws CannotListen, one sentence, if a port is taken. */
export async function startHttp(options: HttpOptions): Promise<Http> {
  const { ports, pool, published, evidence, auditing, log, wake } = options;
  const issuer = await startIssuer({
    folder: options.issuerFolder,
    port: options.issuerPort,
    users: options.users,
  });
  const edge = {
    principals: postgresPrincipals(pool),
    log,
    now: wallClock,
    wake: async () => wake(),
  };
  const claims = claimsPort(ports, published, options.receipts);
  try {
    const gateway = await startGateway({
      port: options.port,
      handlers: options.handlers ?? {
        claimant: claimantEndpoints(edge, {
          claims,
          commands: ports,
          evidence,
          pause: options.pause ?? ((ms) => sleep(ms, ms)),
        }),
        insurer: insurerEndpoints(edge, decisionsPort(ports), {
          ...ports,
          ...insurerRows(pool),
          ...options.insurerJobs,
          published,
        }),
        public: publicEndpoints(edge, {
          published,
          indexes: entryIndexes(pool),
          ready: databaseReady(pool),
        }),
        unrouted: unrouted(edge),
        auditor: auditorEndpoints(edge, { commands: ports, published, auditing }),
      },
      trusted: { issuer: issuer.issuer, jwks: issuer.jwks, audience: issuer.clientIds },
      published,
      ...(options.throttle ? { throttle: options.throttle } : {}),
      pages: new Map([...(options.pages ?? []), ["/openapi.json", documentOf(issuer)]]),
      log: ({ event, route = "", requestId = "", traceId = "" }) =>
        log.error(event, { requestId, traceId, route, status: 500, durationMs: 0 }),
    });
    return {
      url: gateway.url,
      issuer,
      stop: async () => {
        await gateway.stop();
        await issuer.stop();
      },
    };
  } catch (error) {
    await issuer.stop();
    throw error;
  }
}

/** The OpenAPI document of this API, whose tokens `issuer` gives. */
const documentOf = ({ issuer }: Issuer): Page => ({
  contentType: "application/json",
  make: async () => {
    const openIdConnectUrl = `${issuer}/.well-known/openid-configuration`;
    const facts = { version: apiVersion, server: "/", openIdConnectUrl };
    return `${JSON.stringify(openApiDocument(routes, facts))}\n`;
  },
});
