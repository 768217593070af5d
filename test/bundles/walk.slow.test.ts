import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { KMSClient } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { kmsCheckpointKey } from "../../functions/adapters/kms/checkpoint-key.ts";
import { s3Store } from "../../functions/adapters/objects/s3.ts";
import { openS3 } from "../../functions/adapters/objects/s3-client.ts";
import { openPool } from "../../functions/adapters/postgres/pool.ts";
import type { FunctionName } from "../../functions/needs.ts";
import { trustOf } from "../../functions/publisher/keep-trust.ts";
import { logKeysOf } from "../../functions/signer/sign-note.ts";
import { builtNames } from "../../lib/bundle-functions.ts";
import { friendly } from "../../local/bank/behaviour.ts";
import { takeTurn } from "../../local/bank/exchange.ts";
import { openBank } from "../../local/bank/stub.ts";
import { signingAlias } from "../../local/platform/kms-keys.ts";
import { selfSigned } from "../../local/tls/certificate.ts";
import type { Role } from "../../shared/api/role.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { xiangHuBao2 } from "../../shared/coverage/packs.ts";
import { parsePolicy } from "../../shared/log/policy-file.ts";
import { parseRequirements } from "../../shared/log/require.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import { verifyReceipt } from "../../shared/proof/receipt.ts";
import { type Account, openAccount, originPrefix } from "./account.ts";
import { approveErasure } from "./approve-erasure.ts";
import { beyond } from "./asked-of-aws.ts";
import { type Asking, asking } from "./asking.ts";
import { customResourceEvent, issuer, sqsEvent } from "./events.ts";

/*
 * One claim from its submission to its receipt and its payment, through what is deployed and nothing else: every built bundle, each in a fresh process, woken by the event of its
 * trigger and by the messages that other bundles sent. Stubs stand for the services; nothing of ours runs here but what looks.
 */
const insurer = "acme";
let account: Account;
let ask: Asking;
const people = {
  amina: ["amina", "claimant"],
  bruno: ["bruno", "claimant"],
  ada: ["ada", "adjuster"],
  rita: ["rita", "releaser"],
  uma: ["uma", "underwriter"],
  ugo: ["ugo", "underwriter"],
  olga: ["olga", "operator"],
  carla: ["carla", "auditor"],
} as const satisfies Record<string, readonly [string, Role]>;
const handles: Record<string, string> = {};
const here = { insurer };
const noWitness = { witnesses: [], groups: [], quorum: "none" } as const;
let pack: string;
let policy: string;
let claim: string;
let keys = 0;
const once = () => ({ "idempotency-key": `key-${++keys}` });

beforeAll(async () => {
  account = await openAccount();
  ask = asking(account);
});
afterAll(() => account?.close());

/** Sequencer, signer and publisher in turn, each woken by the one before it. */
async function publish(
  jobs: readonly FunctionName[] = ["sequencer", "signer", "publisher"],
): Promise<void> {
  for (const job of jobs) {
    expect(new Set(await ask.wake(job))).toEqual(new Set([insurer]));
  }
}

/** What went wrong in a call that fails, as Lambda would see it. */
const failing = async (name: FunctionName, event: unknown) =>
  (await account.lambda(name)).invoke(event) as Promise<{ readonly failed: string }>;

/** A published file, as the edge serves it. */
const file = async (key: string): Promise<string> =>
  Buffer.from((await account.buckets.live.get(key))?.bytes ?? []).toString();

describe("an insurer", () => {
  test("is opened by the operator's call, and its log is signed once the signer was told", async () => {
    const addInsurer = { ...here, kind: "insurer", simulation: false, currency: "CNY" };
    const opened = await ask.result("operator", { addInsurer });
    expect(opened.recorded).toMatch(/^[0-9a-f]{64}$/);
    expect(await ask.result("operator", { addInsurer })).toMatchObject({ refused: "duplicate" });
    for (const [sub, role] of Object.values(people)) {
      const enrol = { issuer, sub, ...here, role, kind: "person" };
      handles[sub] = (await ask.result("operator", { enrol })).enrolled;
    }
    await ask.wake("sequencer");
    const early = await failing("signer", sqsEvent("signer.fifo", account.take("signer.fifo")));
    expect(early.failed).toMatch(/^AggregateError: acme: /);
    expect(await ask.result("signer", { init: insurer })).toBeNull();
    await ask.schedule("signer");
    await ask.wake("publisher");
    expect(await file("acme/checkpoint")).toMatch(/^log\.example\/acme\n1\n/);
  });

  test("is set up over the API: who pays, how far a machine may go, its rule pack by two people", async () => {
    const put = (what: string, tag: string, body: object) =>
      ask.http(people.olga, `PUT /insurers/{insurer}/${what}`, {
        params: here,
        headers: { "if-match": tag },
        body,
      });
    const bands = [{ upTo: "50000000", approvers: "0" }];
    expect((await put("bands", '"0"', { currency: "CNY", bands })).status).toBe(200);
    const heads = { interest: [], expense: [], "ex-gratia": [] };
    const payer = { name: "Example Mutual Aid", account: "SIMPAYER000001" };
    const paying = { currency: "CNY", coolingOffHours: "48", heads, payer };
    expect((await put("payments", '"0"', paying)).status).toBe(200);
    const { retroactive: _, ...text } = xiangHuBao2;
    const written = await ask.http(people.uma, "POST /insurers/{insurer}/drafts", {
      params: here,
      headers: once(),
      body: { text: JSON.stringify({ ...text, version: 1 }) },
    });
    expect(written.status).toBe(201);
    const params = { ...here, draft: written.body.draft };
    const shown = await ask.http(people.ugo, "GET /insurers/{insurer}/drafts/{draft}", { params });
    const published = await ask.http(
      people.ugo,
      "POST /insurers/{insurer}/drafts/{draft}/publication",
      { params, headers: { ...once(), "if-match": shown.headers.etag ?? "" }, body: {} },
    );
    expect([published.status, published.body.record?.type]).toEqual([201, "pack.published"]);
    pack = published.body.pack;
  });

  test("is signed though it shares a batch with a log that may not be yet: the batch comes again, and then both are", async () => {
    const other = { insurer: "other", kind: "insurer", simulation: false, currency: "CNY" };
    await ask.result("operator", { addInsurer: other });
    await ask.wake("sequencer");
    await ask.schedule("sequencer");
    const batch = sqsEvent("signer.fifo", account.take("signer.fifo"));
    expect(new Set(batch.Records.map(({ body }) => body))).toEqual(new Set([insurer, "other"]));
    expect((await failing("signer", batch)).failed).toMatch(/^AggregateError: other: /);
    const publisher = sqsEvent("publisher.fifo", account.take("publisher.fifo"));
    expect(publisher.Records.map(({ body }) => body)).toEqual([insurer]);
    expect(await ask.result("publisher", publisher)).toBeNull();
    await ask.result("signer", { init: "other" });
    expect(await ask.result("signer", batch)).toBeNull();
    expect(new Set(await ask.wake("publisher"))).toEqual(new Set([insurer, "other"]));
    expect(await file("other/checkpoint")).toMatch(/^log\.example\/other\n1\n/);
  });

  test("sends in its policies as a file, which the importer issues", async () => {
    const terms = {
      key: "P-1",
      insured: handles.amina,
      parties: ["holder", "insured"].map((role) => ({ role, person: handles.amina })),
      coverage: "critical-illness",
      start: "2019-01-01",
      end: null,
      birthDate: "1988-05-17",
      limit: { amount: "300000.00", currency: "CNY" },
      pack,
    };
    const bytes = Buffer.from(`${JSON.stringify(terms)}\n`);
    const asked = await ask.http(people.uma, "POST /insurers/{insurer}/policy-imports", {
      params: here,
      headers: once(),
      body: {
        sha256: createHash("sha256").update(bytes).digest("hex"),
        sizeBytes: `${bytes.length}`,
      },
    });
    const { method, url, headers } = asked.body.upload;
    const { "content-length": _, ...sent } = headers as Record<string, string>;
    expect((await fetch(url, { method, headers: sent, body: bytes })).status).toBe(200);
    await ask.schedule("importer");
    const params = { ...here, id: asked.body.import };
    const view = await ask.http(people.uma, "GET /insurers/{insurer}/policy-imports/{id}", {
      params,
    });
    expect(view.body).toMatchObject({ state: "done", issued: "1", refused: "0" });
    const { body } = await ask.http(
      people.uma,
      "GET /insurers/{insurer}/policy-imports/{id}/results",
      { params },
    );
    policy = body.items[0].policy;
    await ask.schedule("sequencer");
    await publish(["signer", "publisher"]);
  });
});

describe("a claim", () => {
  let leafHash: string;

  test("is submitted, decided by the pack, placed, signed and published by one message after another", async () => {
    const sent = await ask.http(people.amina, "POST /claims", {
      headers: once(),
      body: {
        ...here,
        policy,
        event: "illness",
        lossDate: "2024-03-05",
        diagnosisDate: "2024-03-05",
        diagnoses: [{ system: "icd-10", code: "C50.9" }],
        lines: [
          { service: "mutual aid benefit", claimed: { amount: "300000.00", currency: "CNY" } },
        ],
        payee: { name: "Amina", account: "CN00AMINA0001" },
      },
    });
    expect([sent.status, sent.body.record?.type]).toEqual([201, "claim.submitted"]);
    ({
      claim,
      record: { leafHash },
    } = sent.body);
    const early = await receipt(leafHash);
    expect([early.status, early.headers["retry-after"]]).toEqual([202, expect.any(String)]);
    expect(new Set(await ask.wake("adjudicator"))).toEqual(new Set([insurer]));
    await publish();
    const { body } = await ask.http(people.amina, "GET /claims/{id}", { params: { id: claim } });
    expect(body.decisions).toMatchObject([
      { outcome: "PAY", amount: { amount: "300000.00" }, decidedBy: "machine" },
    ]);
  });

  test("has a receipt that verifies by the keys the insurer's customers hold, and by no others", async () => {
    const kms = new KMSClient(localClientConfig(account.kmsEndpoint));
    const signing = (["ed25519", "mldsa44"] as const).map((type) =>
      kmsCheckpointKey(kms, signingAlias(type, 1), type),
    );
    const files = trustOf(await logKeysOf(signing, `${originPrefix}/acme`), noWitness);
    const others = trustOf(await logKeysOf(signing, `${originPrefix}/other`), noWitness);
    kms.destroy();
    const { text } = await receipt(leafHash);
    const judge = ({ policy, require }: typeof files) =>
      verifyReceipt(Buffer.from(text), parsePolicy(policy), parseRequirements(require));
    expect(judge(files)).toMatchObject({ record: { type: "claim.submitted", stream: claim } });
    expect(judge(others)).toMatchObject({ refused: "unknown-log" });
  });

  const receipt = (of: string) =>
    ask.http(people.amina, "GET /records/{leafHash}/receipt", { params: { leafHash: of } });

  test("is told to whoever subscribes, by an event of its record", async () => {
    await ask.schedule("announcer");
    expect(await ask.metric("announcer", "unannounced")).toBe(0);
    const told = account.events.map(({ Source, DetailType, Detail = "{}" }) => [
      Source,
      DetailType,
      JSON.parse(Detail).record,
    ]);
    expect(told).toContainEqual(["countersign", "claim.submitted", leafHash]);
  });

  test("is proved to anyone by the public function, and what no route takes is a problem", async () => {
    const proof = await ask.http(undefined, "GET /logs/{insurer}/proofs/inclusion", {
      params: here,
      query: { leaf: leafHash },
    });
    expect(proof.body).toMatchObject({ leafHash, origin: "log.example/acme" });
    const lost = await ask.http(undefined, "$default");
    expect([lost.status, lost.body.type]).toEqual([404, "urn:countersign:problem:not-found"]);
  });
});

describe("what the pack awarded", () => {
  let paid: string;
  const listed = async (): Promise<{ payout: string; status: string }[]> => {
    const params = here;
    return (await ask.http(people.rita, "GET /insurers/{insurer}/payouts", { params })).body.items;
  };

  test("is screened and approved by the payout job, and released in the file that a person ordered", async () => {
    await ask.schedule("payouts");
    const [payout] = await listed();
    expect(payout?.status).toBe("approved");
    paid = payout?.payout ?? "";
    const at = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();
    const micros = (text: string): string => text.replace("Z", "000Z");
    const ordered = await ask.http(people.rita, "POST /insurers/{insurer}/release-orders", {
      params: here,
      headers: once(),
      body: {
        payouts: [paid],
        opensAt: micros(at(-1)),
        closesAt: micros(at(3_600)),
      },
    });
    expect(ordered.status).toBe(201);
    await ask.schedule("payouts");
    expect((await listed()).map(({ status }) => status)).toEqual(["released"]);
  });

  test("goes to the bank's bucket, and is settled by the bank's own message", async () => {
    await ask.schedule("reconciliation");
    const s3 = openS3(awsLimits, localClientConfig(account.s3Endpoint));
    const home = mkdtempSync(join(tmpdir(), "countersign-bank-"));
    const bank = openBank(home, friendly, () => BigInt(Date.now()) * 1_000n);
    const [out, inbox] = [s3Store(s3, "bank", "out/"), s3Store(s3, "bank", "in/")];
    expect(await takeTurn(bank, { out, inbox })).toBeGreaterThan(1);
    await ask.schedule("reconciliation");
    const settled = await ask.http(people.rita, "GET /payouts/{id}", { params: { id: paid } });
    expect(settled.body).toMatchObject({ status: "settled" });
    s3.close();
    bank.close();
    rmSync(home, { recursive: true });
    await publish();
  });
});

describe("whoever looks at the log", () => {
  test("finds nothing: the self-audit read all of it, and its auditor is told", async () => {
    await ask.schedule("self-audit");
    const params = here;
    const { body } = await ask.http(people.carla, "GET /logs/{insurer}/self-audit", { params });
    const size = BigInt((await file("acme/checkpoint")).split("\n")[1] ?? "0");
    expect(size).toBeGreaterThan(10n);
    expect(body).toMatchObject({ entries: `${size}`, findings: [] });
  });

  test("is given an export of it, closed for their key", async () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const asked = await ask.http(people.carla, "POST /logs/{insurer}/exports", {
      params: here,
      headers: once(),
      body: { key: publicKey.export({ format: "jwk" }) },
    });
    expect([asked.status, asked.body.state]).toEqual([202, "waiting"]);
    await ask.schedule("exporter");
    const params = { ...here, id: asked.body.export };
    const { body } = await ask.http(people.carla, "GET /logs/{insurer}/exports/{id}", { params });
    expect(body.state).toBe("done");
    const manifest = await ask.http(
      people.carla,
      "GET /logs/{insurer}/exports/{id}/files/{path+}",
      { params: { ...params, path: "manifest" } },
    );
    expect(manifest.text).toMatch(/acme\/public\/checkpoint/);
    expect(manifest.text).toMatch(/acme\/openings\/000000\.jsonl\.jwe/);
  });

  test("sees a draft of the pack beside what was decided", async () => {
    const written = await ask.http(people.uma, "POST /insurers/{insurer}/drafts", {
      params: here,
      headers: once(),
      body: {
        pack,
        text: JSON.stringify({
          ...xiangHuBao2,
          version: 2,
          retroactive: { reason: "to look at it" },
        }),
      },
    });
    const params = { ...here, draft: written.body.draft };
    const asked = await ask.http(people.uma, "POST /insurers/{insurer}/drafts/{draft}/shadows", {
      params,
      headers: once(),
      body: {},
    });
    await ask.schedule("shadow");
    const { body } = await ask.http(
      people.uma,
      "GET /insurers/{insurer}/drafts/{draft}/shadows/{id}",
      { params: { ...params, id: asked.body.shadow } },
    );
    expect(body).toMatchObject({ state: "done", result: { judged: "1", changed: "0" } });
  });
});

describe("what is looked after by the hour", () => {
  test("an erasure that was asked for is told until somebody approves it, then carried out", async () => {
    const asked = await ask.http(people.bruno, "POST /me/erasure", {
      headers: once(),
      body: here,
    });
    expect([asked.status, asked.body.record?.type]).toEqual([201, "erasure.requested"]);
    await ask.schedule("eraser");
    expect(await ask.metric("eraser", "askedErasureMs")).toBeGreaterThan(0);
    const credential = {
      kind: "access-token",
      issuer,
      method: null,
      handle: "0".repeat(32),
    } as const;
    const operator = { ...here, role: "operator", kind: "person", credential } as const;
    const person = handles.olga ?? "";
    await approveErasure(account, { ...operator, person } as Caller, handles.bruno as Handle);
    await ask.schedule("eraser");
    expect(await ask.metric("eraser", "askedErasureMs")).toBe(0);
    const again = await ask.http(people.bruno, "POST /me/erasure", {
      headers: once(),
      body: here,
    });
    expect(again.status).toBe(403);
  });

  test("by an operator's call the eraser reads all of a log that its keys sign for what was erased, and believes no other", async () => {
    const replayed = () => ask.result("eraser", { replay: insurer });
    const { live } = account.buckets;
    const shown = await live.get("acme/checkpoint");
    const other = await live.get("other/checkpoint");
    expect(await replayed()).toEqual({ replayed: 0 });
    await live.replace("acme/checkpoint", other?.bytes ?? new Uint8Array(), shown?.tag);
    expect(await replayed()).toEqual({ doubted: expect.stringMatching(/^checkpoint: /) });
    const put = await live.get("acme/checkpoint");
    await live.replace("acme/checkpoint", shown?.bytes ?? new Uint8Array(), put?.tag);
    expect(await replayed()).toEqual({ replayed: 0 });
  });

  test("the totals of a day are recorded the day after", async () => {
    await ask.schedule("sequencer");
    await account.lambda("totals", [new URL("./tomorrow.ts", import.meta.url)]);
    await ask.schedule("totals");
    const pool = openPool({ url: account.database.url("app") });
    const { rows } = await pool.query<{ record: Uint8Array }>("SELECT record FROM outbox");
    await pool.end();
    const types = rows.map(({ record }) => JSON.parse(Buffer.from(record).toString()).type);
    expect(types).toEqual(["totals.recorded", "totals.recorded"]);
    expect(await ask.wake("sequencer")).toContain(insurer);
  });
});

test("a stack that is deleted leaves its database as it is, and CloudFormation is answered where it said", async () => {
  const told: string[] = [];
  const pem = selfSigned("localhost");
  const server = createServer(pem, async (request, response) => {
    told.push(await text(request));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const event = customResourceEvent("Delete", `https://localhost:${port}/answer`, {
    Steps: "0",
    Roles: "{}",
  });
  account.trust(pem.cert);
  expect(await ask.result("migrate", event)).toEqual({ Status: "SUCCESS" });
  server.close();
  expect(told.map((body) => JSON.parse(body))).toMatchObject([
    { Status: "SUCCESS", RequestId: event.RequestId, PhysicalResourceId: "migrations" },
  ]);
});

test("every function that is built was asked", () => {
  expect(account.asked()).toEqual([...builtNames].sort());
});

test.each(builtNames)("%s asked nothing of AWS that its role may not", (name) => {
  expect(beyond(name, account.askedOfAws(name))).toEqual([]);
});

test("each service was asked by the door where that is seen, and what a role may not is found", () => {
  const seen = builtNames.flatMap((name) => [...account.askedOfAws(name)]);
  const services = new Set(seen.map((one) => one.split(":")[0]));
  expect([...services].sort()).toEqual(["events", "kms", "s3", "secretsmanager", "sqs"]);
  expect(beyond("public", ["s3:GetObject published", "kms:Sign ed25519Key"])).toEqual([
    "kms:Sign ed25519Key",
  ]);
});
