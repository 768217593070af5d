import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { newHandle } from "../../functions/command/handle.ts";
import { addPolicy } from "../../functions/operator/core.ts";
import type { Handler } from "../../local/gateway/invoke.ts";
import { machineToken } from "../../local/issuer/ask.ts";
import { startHttp } from "../../local/platform/http.ts";
import type { Seed } from "../../local/platform/kept-seed.ts";
import { fileLog } from "../../local/platform/request-log.ts";
import { enrolUsers, localUsers, seedInsurer } from "../../local/platform/seed.ts";
import type { Services } from "../../local/platform/services.ts";
import { parseDay } from "../../shared/base/day.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { CountedName, Deployed } from "./deployed-here.ts";

/** Claims over HTTP, and the jobs that take them on. */
export interface Claims {
  /** One of each of them, with a turn of every job of its own. */
  apart(insured: readonly Insured[]): Promise<void>;
  /** One of each of them; they share one turn of every job. */
  together(insured: readonly Insured[]): Promise<void>;
  /** Calls each of these so often as its schedule does. */
  sweep(names: readonly CountedName[], times: number): Promise<void>;
  /** Requests and calls so far. */
  requests(): number;
  calls(): number;
  stop(): Promise<void>;
}

interface Sent {
  readonly claim: string;
  readonly record: { readonly leafHash: string };
}

/** Somebody with a policy. */
export interface Insured {
  readonly person: Handle;
  readonly policy: Handle;
}

const walk = ["adjudicator", "sequencer", "signer", "publisher"] as const;

const context = { getRemainingTimeInMillis: () => 60_000 } as Context;

/** The API before the claimant's function; each claim of a person with a policy of their own: submitted, read once, its receipt fetched. */
export async function claimsOf(
  services: Services,
  seed: Seed,
  { functions }: Deployed,
  folder: string,
): Promise<Claims> {
  let [requests, calls] = [0, 0];
  const call = (name: CountedName, event: object, given: Context): Promise<unknown> => {
    calls++;
    return functions[name].handler(event as APIGatewayProxyEventV2, given);
  };
  const http = await serve(services, folder, (event, given) => call("claimant", event, given));
  await enrolUsers(services, seed, http.issuer.issuer, seedInsurer);
  const secret = readFileSync(join(folder, "issuer", "clinic.secret"), "utf8");
  const authorization = `Bearer ${await machineToken(http.issuer.url, "clinic", secret)}`;
  const ask = async (method: string, path: string, body?: object): Promise<string> => {
    requests++;
    const headers = {
      authorization,
      "content-type": "application/json",
      "idempotency-key": String(requests),
    };
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const response = await fetch(`${http.url}${path}`, init);
    const text = await response.text();
    if (response.status > 201) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text;
  };
  const submit = async ({ person, policy }: Insured): Promise<Sent> =>
    JSON.parse(await ask("POST", "/claims", bodyOf(person, policy))) as Sent;
  const turn = async (messages: number): Promise<void> => {
    const Records = Array.from({ length: messages }, () => ({ body: seedInsurer }));
    for (const name of walk) await call(name, { Records }, context);
  };
  const follow = async ({ claim, record }: Sent): Promise<void> => {
    await ask("GET", `/claims/${claim}`);
    await ask("GET", `/records/${record.leafHash}/receipt`);
  };
  return {
    apart: async (insured) => {
      for (const each of insured) {
        const sent = await submit(each);
        await turn(1);
        await follow(sent);
      }
    },
    together: async (insured) => {
      const sent: Sent[] = [];
      for (const each of insured) sent.push(await submit(each));
      await turn(insured.length);
      for (const each of sent) await follow(each);
    },
    sweep: async (names, times) => {
      for (let n = 0; n < times; n++) {
        for (const name of names) {
          // Here no screening provider is configured: its alarm that payouts wait is a call that fails.
          await call(name, {}, context).catch((error: unknown) => {
            if (name !== "payouts") throw error;
          });
        }
      }
    },
    requests: () => requests,
    calls: () => calls,
    stop: () => http.stop(),
  };
}

const serve = (services: Services, folder: string, answer: Handler) =>
  startHttp({
    handlers: {
      ...{ claimant: answer, insurer: answer, auditor: answer },
      ...{ public: answer, published: answer, unrouted: answer },
    },
    ports: services.ports,
    pool: services.pools.app,
    published: services.published,
    evidence: services.evidence,
    auditing: services.auditing,
    insurerJobs: { jobs: services.jobs, uploads: services.uploads },
    issuerFolder: join(folder, "issuer"),
    ...{ port: 0, issuerPort: 0, users: localUsers },
    log: fileLog(join(folder, "requests.log"), () => {}),
    wake: () => {},
  });

const benefit = { amount: "300000.00", currency: "CNY" } as const;

const bodyOf = (person: Handle, policy: Handle) => ({
  insurer: seedInsurer,
  onBehalfOf: person,
  policy,
  event: "illness",
  lossDate: "2024-03-05",
  diagnosisDate: "2024-03-05",
  diagnoses: [{ system: "icd-10", code: "C50.9" }],
  lines: [{ service: "mutual aid benefit", claimed: benefit }],
  payee: { name: "Amina", account: "CN00AMINA0001" },
});

/** So many new persons, each with a policy of the example's pack. */
export async function insure({ ports }: Services, persons: number): Promise<readonly Insured[]> {
  const [pack] = await ports.store.packs(seedInsurer);
  if (pack === undefined) throw new Error("bug: the example insurer has a pack");
  const insured: Insured[] = [];
  for (let n = 0; n < persons; n++) {
    const [person, policy] = [newHandle(ports.random), newHandle(ports.random)];
    const terms = {
      insured: person,
      parties: [{ role: "insured" as const, person }],
      coverage: "critical-illness",
      start: parseDay("2019-01-01", "start"),
      end: null,
      birthDate: parseDay("1988-05-17", "birth date"),
      limit: { minor: 30_000_000n, currency: "CNY" as const },
      pack,
    };
    const act = { kind: "machine", now: ports.clock() } as const;
    const issued = await addPolicy(ports, seedInsurer, policy, terms, act);
    if (isRefusal(issued)) throw new Error(issued.detail);
    insured.push({ person, policy });
  }
  return insured;
}
