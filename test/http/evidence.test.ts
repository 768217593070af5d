import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { adjudicateWaiting } from "../../functions/adjudicator/core.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { routes } from "../../shared/api/routes.ts";
import { step } from "../command/claim-steps.ts";
import { openInsurer, random, somebody } from "../command/platform.ts";
import { problemIn } from "./platform.ts";
import { claimBody, person, type Served, startServed } from "./served.ts";

let served: Served;
let here: Awaited<ReturnType<typeof openInsurer>>;
beforeAll(async () => {
  served = await startServed();
  here = await openInsurer(served.ports, { insurer: "acme" });
  await openInsurer(served.ports, { insurer: "other" });
  served.enrol(
    person("amina", "acme", "claimant", here.insured),
    person("stranger", "acme", "claimant"),
    person("clinic", "acme", "intake"),
    person("adjuster", "acme", "adjuster"),
    person("auditor", "acme", "auditor"),
    person("foreign", "other", "adjuster"),
  );
});
afterAll(() => served?.close());

interface Presigned {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}
interface Declared {
  readonly evidence: string;
  readonly claim: string;
  readonly record: { version: string; type: string; bytes: string };
  readonly openings: readonly { path: string; value: unknown }[];
  readonly upload: Presigned;
}

const submit = async (as = "amina", more: object = {}): Promise<string> => {
  const body = { ...claimBody("acme", here.policy), ...more };
  return ((await (await served.post(as, "/claims", body)).json()) as { claim: string }).claim;
};
let number = 0;
const letter = () => Buffer.from(`%PDF-1.7 letter ${number++}`);
const declarationOf = (bytes: Buffer) => ({
  sha256: createHash("sha256").update(bytes).digest("hex"),
  sizeBytes: bytes.length.toString(),
  contentType: "application/pdf",
  title: "Letter",
});
const declare = (claim: string, bytes: Buffer, as = "amina", headers = {}) =>
  served.post(as, `/claims/${claim}/evidence`, declarationOf(bytes), headers);
const declared = async (claim: string, bytes: Buffer): Promise<Declared> =>
  (await (await declare(claim, bytes)).json()) as Declared;
const confirm = (claim: string, evidence: string, as = "amina", headers = {}) =>
  served.post(as, `/claims/${claim}/evidence/${evidence}/confirmation`, {}, headers);

/** Sends what was signed, as a browser would: the length is the body's own. */
async function send({ method, url, headers }: Presigned, body?: Buffer): Promise<Response> {
  const { "content-length": _, ...rest } = headers;
  return fetch(url, { method, headers: rest, ...(body ? { body: new Uint8Array(body) } : {}) });
}

describe("a document of a claim", () => {
  test("is declared, uploaded, confirmed by the store's checksum, listed and given back; the log has its hash sealed", async () => {
    const claim = await submit();
    const bytes = letter();
    const answer = await declare(claim, bytes);
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([201, "no-store"]);
    const one = (await answer.json()) as Declared;
    expect(routes.declareEvidence.replies[201]?.schema?.safeParse(one).success).toBe(true);
    const { sha256 } = declarationOf(bytes);
    expect(one.record).toMatchObject({ type: "claim.evidence-declared", version: "2" });
    expect(one.record.bytes).not.toContain(sha256);
    expect(one.openings.find(({ path }) => path === "sha256")?.value).toBe(sha256);
    const path = `/claims/${claim}/evidence/${one.evidence}`;
    expect(await (await served.get("amina", path)).json()).not.toHaveProperty("download");
    expect((await send(one.upload, bytes)).status).toBe(200);
    const confirmed = await confirm(claim, one.evidence);
    expect([confirmed.status, ((await confirmed.json()) as Declared).record.type]).toEqual([
      201,
      "claim.evidence-confirmed",
    ]);
    const list = await (await served.get("adjuster", `/claims/${claim}/evidence`)).json();
    expect(list).toMatchObject({
      claim,
      evidence: [{ evidence: one.evidence, version: "2", title: "Letter", sha256 }],
    });
    for (const as of ["amina", "adjuster"]) {
      const view = (await (await served.get(as, path)).json()) as { download: Presigned };
      expect(routes.readEvidence.replies[200]?.schema?.safeParse(view).success).toBe(true);
      const got = await send(view.download);
      expect(Buffer.from(await got.arrayBuffer())).toEqual(bytes);
      expect(got.headers.get("content-disposition")).toBe("attachment");
    }
  });

  test("is named in a ruling by the record that declared it", async () => {
    const claim = await submit();
    const one = await declared(claim, letter());
    await adjudicateWaiting(served.ports, "acme", 10);
    const seen = await served.get("adjuster", `/claims/${claim}`);
    const ruled = await served.post(
      "adjuster",
      `/claims/${claim}/decisions`,
      {
        outcome: "PAY",
        reasonCode: "COVERED",
        reason: "covered",
        fileOpenedAt: `${new Date().toISOString().slice(0, -1)}000Z`,
        documentsOpened: [{ stream: claim, version: one.record.version }],
      },
      { "if-match": seen.headers.get("etag") ?? "" },
    );
    expect(ruled.status).toBe(201);
  });

  test("new to a claim makes a ruling on its earlier version stale", async () => {
    const claim = await submit();
    await adjudicateWaiting(served.ports, "acme", 10);
    const before = (await served.get("adjuster", `/claims/${claim}`)).headers.get("etag");
    await declared(claim, letter());
    expect((await served.get("adjuster", `/claims/${claim}`)).headers.get("etag")).not.toBe(before);
  });

  test("is declared once per key, with the same record, and an upload signed anew that the store takes once in all", async () => {
    const claim = await submit();
    const bytes = letter();
    const key = { "idempotency-key": newHandle(random) };
    const first = (await (await declare(claim, bytes, "amina", key)).json()) as Declared;
    const again = await declare(claim, bytes, "amina", key);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    const second = (await again.json()) as Declared;
    expect({ ...second, upload: null }).toEqual({ ...first, upload: null });
    expect((await send(second.upload, bytes)).status).toBe(200);
    expect((await send(first.upload, bytes)).status).toBe(412);
    const problem = await problemIn(await declare(claim, bytes));
    expect(problem).toMatchObject({ status: 409, type: "urn:countersign:problem:duplicate" });
  });

  test("is not confirmed before it is there, and then by the same key", async () => {
    const claim = await submit();
    const bytes = letter();
    const one = await declared(claim, bytes);
    const key = { "idempotency-key": newHandle(random) };
    const early = await problemIn(await confirm(claim, one.evidence, "amina", key));
    expect(early).toMatchObject({ status: 409, type: "urn:countersign:problem:wrong-state" });
    await send(one.upload, bytes);
    const done = await confirm(claim, one.evidence, "amina", key);
    expect(done.status).toBe(201);
    const text = await done.text();
    expect(await (await confirm(claim, one.evidence, "amina", key)).text()).toBe(text);
    expect((await problemIn(await confirm(claim, one.evidence))).status).toBe(409);
  });

  test("is taken with exactly the declared bytes, size and type", async () => {
    const claim = await submit();
    const bytes = letter();
    const { upload, evidence } = await declared(claim, bytes);
    const other = Buffer.from(bytes).fill(0);
    expect((await send(upload, other)).status).toBe(400);
    expect((await send(upload, Buffer.concat([bytes, bytes]))).status).toBe(403);
    const html = { ...upload, headers: { ...upload.headers, "content-type": "text/html" } };
    expect((await send(html, bytes)).status).toBe(403);
    expect((await problemIn(await confirm(claim, evidence))).status).toBe(409);
    expect((await send(upload, bytes)).status).toBe(200);
  });
});

describe("refused", () => {
  test("what no document may be", async () => {
    const claim = await submit();
    const good = declarationOf(letter());
    for (const [body, field] of [
      [{ ...good, contentType: "text/html" }, "/contentType"],
      [{ ...good, contentType: "image/svg+xml" }, "/contentType"],
      [{ ...good, sizeBytes: "25000001" }, "/sizeBytes"],
      [{ ...good, sizeBytes: "0" }, "/sizeBytes"],
      [{ ...good, sizeBytes: 5 }, "/sizeBytes"],
      [{ ...good, sha256: good.sha256.toUpperCase() }, "/sha256"],
      [{ ...good, title: "x".repeat(201) }, "/title"],
    ] as const) {
      const problem = await problemIn(
        await served.post("amina", `/claims/${claim}/evidence`, body),
      );
      expect([problem.status, problem.errors?.[0]?.field]).toEqual([400, field]);
    }
    const most = { ...good, sizeBytes: "25000000" };
    expect((await served.post("amina", `/claims/${claim}/evidence`, most)).status).toBe(201);
  });

  test("another claimant, an intake that did not submit the claim, another insurer's adjuster, an auditor", async () => {
    const claim = await submit();
    const bytes = letter();
    const { evidence } = await declared(claim, bytes);
    const path = `/claims/${claim}/evidence`;
    for (const as of ["stranger", "clinic"]) {
      expect((await problemIn(await declare(claim, letter(), as))).status).toBe(404);
      expect((await problemIn(await confirm(claim, evidence, as))).status).toBe(404);
    }
    for (const as of ["stranger", "foreign"]) {
      expect((await problemIn(await served.get(as, path))).status).toBe(404);
      expect((await problemIn(await served.get(as, `${path}/${evidence}`))).status).toBe(404);
    }
    expect((await problemIn(await served.get("auditor", path))).status).toBe(403);
    const another = await submit();
    const elsewhere = `/claims/${another}/evidence/${evidence}`;
    expect((await problemIn(await served.get("amina", elsewhere))).status).toBe(404);
    expect((await problemIn(await confirm(another, evidence))).status).toBe(404);
  });

  test("a claim that waits for no decision: withdrawn, or decided, until it is appealed", async () => {
    const withdrawn = await submit();
    await served.post("amina", `/claims/${withdrawn}/withdrawal`, {});
    expect((await problemIn(await declare(withdrawn, letter()))).status).toBe(409);
    const contracted = { amount: { amount: "50.00", currency: "USD" }, source: "plan" };
    const lines = claimBody("acme", here.policy).lines.map((line) => ({ ...line, contracted }));
    const claim = await submit("clinic", { onBehalfOf: here.insured, lines });
    await adjudicateWaiting(served.ports, "acme", 10);
    expect((await problemIn(await declare(claim, letter()))).status).toBe(409);
    await step(served.ports, "acme", claim, "appeal", somebody());
    expect((await declare(claim, letter())).status).toBe(201);
    expect((await declare(claim, letter(), "clinic")).status).toBe(201);
  });
});
