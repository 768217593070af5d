import { createHash } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { s3Evidence } from "../../functions/adapters/objects/evidence.ts";
import { openS3, type S3 } from "../../functions/adapters/objects/s3-client.ts";
import type { Listening } from "../../local/gateway/listen.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { serveS3 } from "../../local/s3/serve.ts";
import type { PresignedRequest } from "../../shared/ports/evidence.ts";

const bucket = memoryStore();
let stub: Listening;
let client: S3;
let store: ReturnType<typeof s3Evidence>;
beforeAll(async () => {
  stub = await serveS3({ evidence: bucket });
  client = openS3(awsLimits, localClientConfig(stub.url));
  store = s3Evidence(client, "evidence", () => BigInt(Date.now()) * 1000n);
});
afterAll(async () => {
  client.close();
  await stub.stop(0);
});

let number = 0;
const somewhere = () => ({
  insurer: "acme",
  claim: "a".repeat(32),
  evidence: (number++).toString(16).padStart(32, "0"),
});
const pdf = Buffer.from("%PDF-1.7 a letter from the hospital");
const bytesOf = (bytes: Buffer) => ({
  sha256: createHash("sha256").update(bytes).digest("hex"),
  sizeBytes: BigInt(bytes.length),
  contentType: "application/pdf",
});

/** Sends the request as signed, but for what `over` changes; gives the status and the store's code. */
function send(
  { method, url, headers }: PresignedRequest,
  body: Buffer | undefined,
  over: Record<string, string | undefined> = {},
): Promise<{ status: number; body: Buffer; headers: Record<string, unknown> }> {
  const sent = Object.entries({ ...headers, ...over }).filter(([, value]) => value !== undefined);
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: Object.fromEntries(sent) as never }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          body: Buffer.concat(chunks),
          headers: answer.headers,
        }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

test("an upload signs checksum, size, type and that it happens once, for 15 minutes", async () => {
  const before = Date.now();
  const { url, headers, expiresAt } = await store.upload(somewhere(), bytesOf(pdf));
  const query = new URL(url).searchParams;
  expect(query.get("X-Amz-SignedHeaders")).toBe(
    "content-length;content-type;host;if-none-match;x-amz-checksum-sha256",
  );
  expect(query.get("X-Amz-Expires")).toBe("900");
  expect([...query.keys()].filter((name) => /checksum|crc/i.test(name))).toEqual([]);
  expect(headers["content-length"]).toBe(pdf.length.toString());
  expect(Number(expiresAt / 1000n) - before).toBeGreaterThanOrEqual(900_000);
});

test("the store takes the declared bytes once, says their checksum, and gives back what was kept", async () => {
  const place = somewhere();
  expect(await store.uploaded(place)).toBeUndefined();
  const upload = await store.upload(place, bytesOf(pdf));
  expect((await send(upload, pdf)).status).toBe(200);
  expect(String((await send(upload, pdf)).body)).toContain("PreconditionFailed");
  const { sha256, sizeBytes } = bytesOf(pdf);
  expect(await store.uploaded(place)).toEqual({ sha256, sizeBytes });
  const download = await store.download(place, "application/pdf");
  expect((await send(download, undefined)).status).toBe(404);
  await store.keep(place);
  await store.keep(place);
  expect(await store.uploaded(place)).toEqual({ sha256, sizeBytes });
  const got = await send(download, undefined);
  expect([got.status, got.body]).toEqual([200, pdf]);
  expect(got.headers).toMatchObject({
    "content-type": "application/pdf",
    "content-disposition": "attachment",
    "cache-control": "no-store",
  });
});

test("nothing else is taken: other bytes, another size, type or checksum, overwriting, another place, a broken signature", async () => {
  const place = somewhere();
  const upload = await store.upload(place, bytesOf(pdf));
  const other = Buffer.from(pdf);
  other[0] = 0;
  const longer = Buffer.concat([pdf, pdf]);
  const refused = async (
    body: Buffer,
    over: Record<string, string | undefined>,
    url = upload.url,
  ) => {
    const { status, body: text } = await send({ ...upload, url }, body, over);
    expect(status).toBeGreaterThanOrEqual(400);
    return /<Code>(\w+)</.exec(String(text))?.[1];
  };
  const { sha256 } = bytesOf(other);
  const checksum = Buffer.from(sha256, "hex").toString("base64");
  expect(await refused(other, {})).toBe("BadDigest");
  for (const [body, over] of [
    [longer, { "content-length": longer.length.toString() }],
    [pdf, { "content-type": "text/html" }],
    [other, { "x-amz-checksum-sha256": checksum }],
    [pdf, { "x-amz-checksum-sha256": undefined }],
    [pdf, { "if-none-match": undefined }],
  ] as const) {
    expect(await refused(body, over)).toBe("SignatureDoesNotMatch");
  }
  expect(await refused(pdf, { "x-amz-copy-source": "/evidence/kept/acme/somebody" })).toBe(
    "AccessDenied",
  );
  const elsewhere = upload.url.replace(place.evidence, "f".repeat(32));
  expect(await refused(pdf, {}, elsewhere)).toBe("SignatureDoesNotMatch");
  const longerLived = upload.url.replace("X-Amz-Expires=900", "X-Amz-Expires=90000");
  expect(await refused(pdf, {}, longerLived)).toBe("SignatureDoesNotMatch");
  expect(await store.uploaded(place)).toBeUndefined();
});

test("a request that expired is refused", async () => {
  const { refusePresigned } = await import("../../local/s3/presigned.ts");
  const upload = await store.upload(somewhere(), bytesOf(pdf));
  const { host, pathname, search } = new URL(upload.url);
  const sent = {
    method: "PUT",
    url: `${pathname}${search}`,
    headers: { ...upload.headers, host },
  } as never;
  expect(refusePresigned(sent, Date.now())).toBeUndefined();
  expect(refusePresigned(sent, Date.now() + 901_000)).toBe("AccessDenied");
});
