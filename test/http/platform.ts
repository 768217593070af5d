import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimEndpoints } from "../../functions/claimant/endpoints.ts";
import { dispatch } from "../../functions/http/dispatch.ts";
import type { LogFields } from "../../functions/http/edge.ts";
import { unrouted } from "../../functions/http/unrouted.ts";
import { decisionEndpoints } from "../../functions/insurer/endpoints/claims.ts";
import { publicEndpoints } from "../../functions/public/endpoints.ts";
import { type GatewayOptions, startGateway } from "../../local/gateway/start.ts";
import { startIssuer } from "../../local/issuer/start.ts";
import { localUser, subOf } from "../../local/issuer/users.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { exampleSubmission } from "../../shared/api/example.ts";
import type { Role } from "../../shared/api/role.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import type { Principal } from "../../shared/ports/claims.ts";
import { asDocumented } from "./as-documented.ts";
import { claimsDouble, principalsDouble } from "./claims-double.ts";
import { signedToken } from "./signed.ts";

export const insurer = exampleSubmission.insurer;

const row = (name: string, role: Role, more: Partial<Principal> = {}) =>
  [
    subOf(name, more.kind === "machine" ? "machine" : "person"),
    { insurer, role, person: "1".repeat(32), kind: "person", ...more },
  ] as const satisfies readonly [string, Principal];

const rows = [
  row("amina", "claimant", { person: "a".repeat(32) }),
  row("aziz", "adjuster", { person: "b".repeat(32) }),
  row("auditor", "auditor"),
  row("elsewhere", "adjuster", { insurer: "another" }),
  row("twice", "adjuster", { insurer: "another" }),
  row("twice", "adjuster"),
  row("robot", "adjuster", { kind: "machine" }),
];

const users = [
  localUser("amina", "claimant"),
  localUser("aziz", "adjuster"),
  localUser("auditor", "auditor"),
  localUser("elsewhere", "adjuster"),
  localUser("twice", "adjuster"),
  localUser("nobody", "adjuster"),
  localUser("robot", "adjuster", "machine"),
];

/** The issuer, the gateway and the real endpoints over doubles of the ports, all on loopback. */
export async function startPlatform(more: Partial<GatewayOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "countersign-http-"));
  const lines: { level: string; fields: LogFields }[] = [];
  const log = {
    info: (_: string, fields: LogFields) => void lines.push({ level: "info", fields }),
    error: (_: string, fields: LogFields) => void lines.push({ level: "error", fields }),
  };
  const issuer = await startIssuer({ folder, port: 0, users });
  const double = claimsDouble(insurer);
  const { claims } = double;
  const principals = principalsDouble(() => issuer.issuer, rows);
  const edge = { principals, log, now: () => BigInt(Date.now()) * 1000n };
  const published = memoryStore();
  await published.putIfAbsent(`${insurer}/checkpoint`, utf8("origin\n1\nroot\n\n— sig\n"));
  await published.putIfAbsent(`${insurer}/tile/0/000.p/1`, new Uint8Array(32).fill(200));
  await published.putIfAbsent(`${insurer}/tile/entries/000.p/1`, new Uint8Array([0, 2, 255, 254]));
  const naps: number[] = [];
  const pause = async (ms: number) => {
    naps.push(ms);
    return ms;
  };
  const gateway = await startGateway({
    port: 0,
    handlers: {
      claimant: dispatch(claimEndpoints(edge, { claims, pause })),
      insurer: dispatch(decisionEndpoints(edge, claims)),
      public: publicEndpoints(edge, {
        published,
        indexes: { indexOf: async () => undefined },
        ready: async () => {
          if (double.state.failure) throw double.state.failure;
        },
      }),
      unrouted: unrouted(edge),
      auditor: async () => undefined,
    },
    trusted: { issuer: issuer.issuer, jwks: issuer.jwks, audience: issuer.clientIds },
    published,
    log: () => {},
    ...more,
  });
  return {
    ...double,
    issuer,
    gateway,
    lines,
    naps,
    folder,
    async token(name: string) {
      const user = users.find(({ username }) => username === name);
      if (!user) throw new Error(`no user ${name}`);
      return signedToken(folder, user);
    },
    async ask(path: string, options: Ask = {}) {
      const bearer = options.as === undefined ? options.token : await this.token(options.as);
      const headers: Record<string, string> = {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(options.body === undefined ? {} : { "content-type": "application/json" }),
        ...options.headers,
      };
      const { body } = options;
      const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
      const method = options.method ?? (body === undefined ? "GET" : "POST");
      const init = text === undefined ? { method, headers } : { method, headers, body: text };
      return asDocumented(method, path, await fetch(`${gateway.url}${path}`, init));
    },
    async stop() {
      await gateway.stop(500);
      await issuer.stop(500);
      rmSync(folder, { recursive: true });
    },
  };
}

export interface Ask {
  readonly as?: string;
  readonly token?: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** The members of a problem+json answer that tests look at. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly errors?: readonly { field: string; detail: string }[];
  readonly requestId: string;
  readonly traceId: string;
}

/** The problem in `answer`, after checking that its media type and status agree. */
export async function problemIn(answer: Response): Promise<ProblemBody> {
  const problem = (await answer.json()) as ProblemBody;
  const type = answer.headers.get("content-type");
  if (type !== "application/problem+json") throw new Error(`no problem: ${type}`);
  if (problem.status !== answer.status) throw new Error("status and problem differ");
  return problem;
}
