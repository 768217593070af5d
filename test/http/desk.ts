import { rmSync } from "node:fs";
import { enrol } from "../../functions/adapters/postgres/principals.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { localUser } from "../../local/issuer/users.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { startHttp } from "../../local/platform/http.ts";
import type { Role } from "../../shared/api/role.ts";
import type { Principal } from "../../shared/ports/claims.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { random, startPlatform } from "../command/platform.ts";
import { requireDocumented } from "./as-documented.ts";
import { noDocuments, noJobs } from "./documents.ts";
import { signedToken } from "./signed.ts";

/** Somebody with a token: a name, a role, whether a person. */
export type Cast = Readonly<Record<string, { readonly role: Role; readonly machine?: true }>>;

export interface Say {
  readonly method?: string;
  readonly body?: unknown;
  readonly key?: string;
  /** If-Match; absent: none. */
  readonly tag?: string | undefined;
}

/** An answer with its JSON, its tag and whether it was kept from the first time. */
export interface Said {
  readonly status: number;
  /** Whatever JSON it is: tests say what they expect of it. */
  readonly body: ReturnType<typeof JSON.parse>;
  readonly text: string;
  readonly etag: string | undefined;
  readonly location: string | undefined;
  readonly replayed: boolean;
}

/**
 * The whole API over real PostgreSQL, gateway, tokens and table of principals. Of the cast, each is enrolled by `employ` with an insurer; nobody is anywhere
 * else.
 */
export async function startDesk(cast: Cast) {
  const platform = await startPlatform();
  const { pool } = platform;
  const issuerFolder = temporaryFolder("desk");
  const users = Object.entries(cast).map(([name, { role, machine }]) =>
    localUser(name, role, machine ? "machine" : "person"),
  );
  const http = await startHttp({
    ports: platform.ports,
    pool,
    evidence: noDocuments,
    published: platform.published,
    auditing: memoryStore(),
    insurerJobs: noJobs(),
    issuerFolder,
    port: 0,
    issuerPort: 0,
    users,
    log: { info: () => undefined, error: () => undefined },
    wake: () => undefined,
  });
  const tokens = new Map<string, string>();
  const tokenOf = async (name: string): Promise<string> => {
    const user = users.find(({ username }) => username === name);
    if (!user) throw new Error(`nobody is called ${name}`);
    const token = tokens.get(name) ?? (await signedToken(issuerFolder, user));
    tokens.set(name, token);
    return token;
  };
  return {
    ...platform,
    issuer: http.issuer.issuer,
    url: http.url,
    tokenOf,
    /** Enrols those named with the insurer; gives the handle of each. */
    async employ<Name extends string>(
      insurer: string,
      names: readonly Name[],
      more: Partial<Principal> = {},
    ): Promise<Record<Name, string>> {
      const handles: [Name, string][] = [];
      for (const name of names) {
        const { sub, kind, groups } = users.find(({ username }) => username === name) ?? {};
        if (!sub || !kind) throw new Error(`nobody is called ${name}`);
        const person = newHandle(random);
        const role = groups?.[0] as Role;
        const row = await enrol(pool, http.issuer.issuer, sub, {
          insurer,
          role,
          person,
          kind,
          ...more,
        });
        handles.push([name, row.person]);
      }
      return Object.fromEntries(handles) as Record<Name, string>;
    },
    async say(name: string, path: string, { method, body, key, tag }: Say = {}): Promise<Said> {
      const verb = method ?? (body === undefined ? "GET" : "POST");
      const given = key ?? (verb === "POST" ? newHandle(random) : undefined);
      const answer = await fetch(`${http.url}${path}`, {
        method: verb,
        headers: {
          authorization: `Bearer ${await tokenOf(name)}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(given === undefined ? {} : { "idempotency-key": given }),
          ...(tag === undefined ? {} : { "if-match": tag }),
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      requireDocumented(verb, path, { status: answer.status, headers: answer.headers, text });
      const isJson = /json/.test(answer.headers.get("content-type") ?? "");
      return {
        status: answer.status,
        body: isJson ? JSON.parse(text) : undefined,
        text,
        etag: answer.headers.get("etag") ?? undefined,
        location: answer.headers.get("location") ?? undefined,
        replayed: answer.headers.get("idempotency-replayed") === "true",
      };
    },
    async stop(): Promise<void> {
      await http.stop();
      await platform.close();
      rmSync(issuerFolder, { recursive: true, force: true });
    },
  };
}
export type TestDesk = Awaited<ReturnType<typeof startDesk>>;
