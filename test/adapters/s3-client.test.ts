import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { afterAll, expect, test } from "@jest/globals";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { s3Store } from "../../functions/adapters/objects/s3.ts";
import { openS3 } from "../../functions/adapters/objects/s3-client.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

const ends: (() => unknown)[] = [];
afterAll(() => ends.forEach((end) => void end()));

/** A store of a bucket where `answer` is what S3 says. */
async function storeAt(answer: RequestListener, requestTimeout = 3_000) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const handler = { connectionTimeout: 1_000, requestTimeout, throwOnRequestTimeout: true };
  const limits = { maxAttempts: 3, requestHandler: handler } as never;
  const client = openS3(limits, localClientConfig(`http://127.0.0.1:${port}`));
  ends.push(
    () => client.close(),
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return s3Store(client, "b", "");
}

const signedAt = (headers: Record<string, unknown>): number => {
  const [, ...parts] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers["x-amz-date"])) ?? [];
  const [year = 0, month = 1, ...rest] = parts.map(Number);
  return Date.UTC(year, month - 1, ...rest);
};

test("a clock that S3 finds wrong is set by S3's, once, and what was asked is answered", async () => {
  const aheadMs = 20 * 60_000;
  let refused = 0;
  const store = await storeAt((request, response) => {
    const now = Date.now() + aheadMs;
    response.setHeader("date", new Date(now).toUTCString());
    if (Math.abs(signedAt(request.headers) - now) < 15 * 60_000) {
      return void response.setHeader("etag", '"1"').end("bytes");
    }
    refused += 1;
    response.writeHead(403).end("<Error><Code>RequestTimeTooSkewed</Code></Error>");
  });
  for (let read = 0; read < 3; read++) {
    expect(Buffer.from((await store.get("a"))?.bytes ?? []).toString()).toBe("bytes");
  }
  expect(refused).toBe(1);
});

test("one who says so whatever it is set to is asked no oftener than for anything else", async () => {
  let asked = 0;
  const store = await storeAt((_, response) => {
    asked += 1;
    response.writeHead(403).end("<Error><Code>RequestTimeTooSkewed</Code></Error>");
  });
  await expect(store.get("a")).rejects.toMatchObject({ name: "RequestTimeTooSkewed" });
  expect(asked).toBe(3);
});

test("a body that stops coming is an outage, not a wait without end", async () => {
  const store = await storeAt((_, response) => {
    response.writeHead(200, { etag: '"1"', "content-length": "10" }).write("half");
  }, 300);
  await expect(store.get("a")).rejects.toThrow(Unavailable);
});
