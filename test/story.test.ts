import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bundleFunctions } from "../lib/bundle-functions.ts";
import { readTrust } from "../local/bundle/trust.ts";
import { type Platform, startPlatform } from "../local/platform/start.ts";
import { removeCluster } from "../local/postgres/place.ts";
import { client, routes } from "../shared/api/client/index.ts";
import { claimBodySchema } from "../shared/api/routes/claimant.ts";
import { verifyInclusion } from "../shared/proof/inclusion.ts";
import { verifyReceipt } from "../shared/proof/receipt.ts";

/*
 * The story of one claim, over HTTP, from first notice to a proof a stranger can check. Everything is real: PostgreSQL, the gateway's events,
 * tokens, the rule pack, the ledger, signatures. Amina is insured; Bruno adjusts claims;
 * the clinic is the insurer's intake.
 */
let folder: string;
let platform: Platform;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-story-"));
  const databaseUrl = undefined;
  // With STORY=bundles in the environment the API's functions are built as for Lambda, and it is they that answer.
  const bundles =
    process.env.STORY === "bundles" ? await bundleFunctions(join(folder, "bundles")) : undefined;
  const options = { folder, port: 0, issuerPort: 0, databaseUrl, endsWithUs: true, bundles };
  platform = await startPlatform({ ...options, log: () => {} });
});
afterAll(async () => {
  await platform?.stop();
  removeCluster(join(folder, "postgres"));
  rmSync(folder, { recursive: true, force: true });
});

const tokens = new Map<string, string>();
async function as(username: string): Promise<string> {
  const known = tokens.get(username);
  if (known) return known;
  const secretFile = join(folder, "issuer", `${username}.secret`);
  const body = new URLSearchParams(
    existsSync(secretFile)
      ? {
          grant_type: "client_credentials",
          client_id: username,
          client_secret: readFileSync(secretFile, "utf8"),
        }
      : { grant_type: "password", client_id: "countersign-local", username },
  );
  const answer = await fetch(`${platform.issuerUrl}/token`, { method: "POST", body });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  tokens.set(username, token);
  return token;
}

interface Asked {
  readonly body?: object;
  readonly key?: string;
  readonly prefer?: string;
  readonly ifMatch?: string;
}

async function ask(who: string, method: string, path: string, asked: Asked = {}) {
  const { body, key, prefer, ifMatch } = asked;
  const response = await fetch(`${platform.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await as(who)}`,
      ...(body ? { "content-type": "application/json" } : {}),
      ...(key ? { "idempotency-key": key } : {}),
      ...(prefer ? { prefer } : {}),
      ...(ifMatch ? { "if-match": ifMatch } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  const json = response.headers.get("content-type")?.includes("json");
  const etag = response.headers.get("etag") ?? "";
  return { status: response.status, text, json: json ? JSON.parse(text) : undefined, etag };
}

/** Amina's claim: breast cancer, diagnosed in March 2024, for the benefit her policy names. */
const loss = (code: string) => ({
  insurer: platform.insurer,
  policy: platform.seed.policy,
  event: "illness",
  lossDate: "2024-03-05",
  diagnosisDate: "2024-03-05",
  diagnoses: [{ system: "icd-10", code }],
  lines: [{ service: "mutual aid benefit", claimed: { amount: "300000.00", currency: "CNY" } }],
  payee: { name: "Amina", account: "CN00AMINA0001" },
});

async function decided(claim: string, decisions: number) {
  for (;;) {
    const { json } = await ask("amina", "GET", `/claims/${claim}`);
    if (json.decisions.length >= decisions) return json;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("Amina's claim", () => {
  let claim: string;
  let leafHash: string;

  test("is recorded the moment it is submitted, once however often it is sent", async () => {
    const first = await ask("amina", "POST", "/claims", { body: loss("C50.9"), key: "march" });
    expect(first.status).toBe(201);
    ({
      claim,
      record: { leafHash },
    } = first.json);
    const again = await ask("amina", "POST", "/claims", { body: loss("C50.9"), key: "march" });
    expect(again).toEqual(first);
    const other = await ask("amina", "POST", "/claims", { body: loss("C34.1"), key: "march" });
    expect([other.status, other.json.type]).toEqual([422, "urn:countersign:problem:key-reused"]);
  });

  test("is paid in full by the pack, which cites its clause, with no person involved", async () => {
    const view = await decided(claim, 1);
    expect(view.decisions).toMatchObject([
      { outcome: "PAY", amount: { amount: "300000.00", currency: "CNY" }, decidedBy: "machine" },
    ]);
    expect(view.decisions[0].citation).toMatch(/./);
    expect(view.status).toBe("decided");
  });

  test("gives her a receipt that verifies offline against the trust policy, and only against that one", async () => {
    const path = `/records/${leafHash}/receipt`;
    const receipt = await ask("amina", "GET", path, { prefer: "wait=10" });
    expect(receipt.status).toBe(200);
    const { policy, requirements } = readTrust(platform.policyFile);
    const bytes = Buffer.from(receipt.text);
    const shown = verifyReceipt(bytes, policy, requirements);
    expect(shown).toMatchObject({
      record: { type: "claim.submitted", stream: claim, actor: "person" },
      checkpoint: { origin: `local.countersign.example/${platform.insurer}` },
    });
    const forged = Buffer.from(receipt.text.replace(/^index \d+/m, "index 0"));
    expect(verifyReceipt(forged, policy, requirements)).toMatchObject({ refused: "not-included" });
    const stranger = { ...policy, logs: [] };
    expect(verifyReceipt(bytes, stranger, requirements)).toMatchObject({ refused: "unknown-log" });
  });

  test("is proved to anyone who asks, without a token, under the trust policy that anyone may read", async () => {
    const stated = `${platform.url}/.well-known/countersign/${platform.insurer}.policy`;
    expect(await (await fetch(stated)).text()).toBe(readFileSync(platform.policyFile, "utf8"));
    const log = `${platform.url}/logs/${platform.insurer}`;
    const proof = await (await fetch(`${log}/proofs/inclusion?leaf=${leafHash}`)).json();
    const { size, index, root, hashes } = proof as Record<string, never>;
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
    const claim = {
      leafHash: new Uint8Array(Buffer.from(leafHash, "hex")),
      index: BigInt(index ?? 0),
      size: BigInt(size ?? 0),
      proof: ((hashes ?? []) as string[]).map(bytes),
      root: bytes(root ?? ""),
    };
    expect(verifyInclusion(claim)).toBe(true);
    const shown = await (await fetch(`${log}/checkpoints/${size}`)).text();
    expect(shown.split("\n").slice(1, 3)).toEqual([size, root]);
    const unknown = await fetch(`${log}/proofs/inclusion?leaf=${"0".repeat(64)}`);
    expect(unknown.status).toBe(404);
  });

  test("leaves no diagnosis, account or amount in what is published", () => {
    const published = join(folder, "published");
    const files = readdirSync(published, { recursive: true, withFileTypes: true });
    const text = files
      .filter((file) => file.isFile() && !file.parentPath.includes("packs"))
      .map((file) => readFileSync(join(file.parentPath, file.name), "latin1"))
      .join("\n");
    expect(text).toContain(claim);
    for (const secret of ["C50.9", "CN00AMINA0001", "300000.00"])
      expect(text).not.toContain(secret);
    expect(readFileSync(join(folder, "requests.log"), "utf8")).not.toContain("C50.9");
  });
});

describe("a claim the pack can't pay", () => {
  test("is referred, and only Bruno, a person, can deny it, with a reason", async () => {
    const sent = await ask("amina", "POST", "/claims", { body: loss("J45.9"), key: "asthma" });
    const { claim } = sent.json;
    const view = await decided(claim, 1);
    expect([view.status, view.decisions[0].outcome]).toEqual(["referred", "REFER"]);
    const ruling = {
      outcome: "DENY",
      reasonCode: "NOT_COVERED",
      reason: "Asthma is not on the plan's list of illnesses.",
      fileOpenedAt: view.decisions[0].decidedAt,
      documentsOpened: [{ stream: claim, version: "1" }],
    };
    const path = `/claims/${claim}/decisions`;
    const { etag: ifMatch } = await ask("bruno", "GET", `/claims/${claim}`);
    const asked = { body: ruling, ifMatch };
    expect((await ask("amina", "POST", path, { ...asked, key: "own" })).status).toBe(403);
    const reply = await ask("bruno", "POST", path, { ...asked, key: "denied" });
    expect([reply.status, reply.json.record.type]).toEqual([201, "claim.decided"]);
    const after = await decided(claim, 2);
    expect(after.decisions[1]).toMatchObject({ outcome: "DENY", decidedBy: "person" });
    const stale = await ask("bruno", "POST", path, { ...asked, key: "again" });
    expect([stale.status, stale.json.type]).toEqual([412, "urn:countersign:problem:stale"]);
    const any = await ask("bruno", "POST", path, { body: ruling, ifMatch: "*", key: "any" });
    expect(any.status).toBe(428);
    const now = await ask("bruno", "GET", `/claims/${claim}`);
    const again = { body: ruling, ifMatch: now.etag, key: "twice" };
    const twice = await ask("bruno", "POST", path, again);
    expect([twice.status, twice.json.type]).toEqual([409, "urn:countersign:problem:wrong-state"]);
  });
});

describe("a claim that can't be read", () => {
  test("is answered with the field that is wrong, and nothing is recorded", async () => {
    const bad = { ...loss("C50.9"), lossDate: "2024-02-30", colour: "red" };
    const { status, json } = await ask("amina", "POST", "/claims", { body: bad, key: "bad" });
    expect(status).toBe(400);
    const fields = json.errors.map(({ field }: { field: string }) => field);
    expect(fields).toEqual(expect.arrayContaining(["/lossDate", "/colour"]));
    const good = await ask("amina", "POST", "/claims", { body: loss("C50.9"), key: "bad" });
    expect(good.status).toBe(201);
  });

  test("by someone who is no party to the policy is refused, whoever sends it in", async () => {
    const sent = await ask("bruno", "POST", "/claims", { body: loss("C50.9"), key: "b" });
    expect(sent.status).toBe(403);
    const forWhom = (name: string) => ({
      ...loss("C50.9"),
      onBehalfOf: platform.seed.persons[name],
    });
    const stranger = await ask("clinic", "POST", "/claims", { body: forWhom("bruno"), key: "c" });
    expect([stranger.status, stranger.json.type]).toEqual([
      422,
      "urn:countersign:problem:no-policy",
    ]);
    const insured = await ask("clinic", "POST", "/claims", { body: forWhom("amina"), key: "d" });
    expect(insured.status).toBe(201);
  });
});

describe("somebody with /openapi.json and a token, and nothing else", () => {
  interface Operation {
    readonly operationId: string;
    readonly requestBody?: { content: { "application/json": { example: object } } };
  }

  /** Each operation's method, path and example, by its id. */
  async function read() {
    const document = await (await fetch(`${platform.url}/openapi.json`)).json();
    const { paths } = document as { paths: Record<string, Record<string, Operation>> };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId, requestBody }]) => {
        const example = requestBody?.content["application/json"].example;
        return [operationId, { method: method.toUpperCase(), path, example }] as const;
      }),
    );
    return (id: string) => new Map(operations).get(id)!;
  }

  test("takes a claim from submission to a receipt that verifies", async () => {
    const operation = await read();
    const submit = operation("submitClaim");
    const body = { ...submit.example, insurer: platform.insurer, policy: platform.seed.policy };
    const sent = await ask("amina", submit.method, submit.path, { body, key: "by-the-book" });
    expect([sent.status, sent.json.errors]).toEqual([201, undefined]);
    const receipt = operation("readReceipt");
    const path = receipt.path.replace("{leafHash}", sent.json.record.leafHash);
    const { text } = await ask("amina", receipt.method, path, { prefer: "wait=10" });
    const { policy, requirements } = readTrust(platform.policyFile);
    const shown = verifyReceipt(Buffer.from(text), policy, requirements);
    expect(shown).toMatchObject({ record: { type: "claim.submitted", stream: sent.json.claim } });
  });

  test("and with the client made of the same table, to its decision and that one's receipt", async () => {
    const token = () => as("amina");
    const api = client(routes, { baseUrl: platform.url, token, fetch });
    const body = claimBodySchema.parse(loss("C50.9"));
    const sent = await api.submitClaim({ body, idempotencyKey: "typed" });
    if (!sent.ok) throw new Error(sent.problem.title);
    const params = { id: sent.value.claim };
    await decided(params.id, 1);
    const claim = await api.readClaim({ params });
    if (!claim.ok) throw new Error(claim.problem.title);
    const { leafHash = "" } =
      claim.value.records.find(({ type }) => type === "claim.decided") ?? {};
    const receipt = await api.readReceipt({ params: { leafHash }, waitSeconds: 10 });
    if (!receipt.ok) throw new Error(receipt.problem.title);
    const { policy, requirements } = readTrust(platform.policyFile);
    const shown = verifyReceipt(Buffer.from(receipt.value), policy, requirements);
    expect(shown).toMatchObject({ record: { type: "claim.decided", stream: params.id } });
  });
});
