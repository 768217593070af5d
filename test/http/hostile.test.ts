import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { exampleSubmission } from "../../shared/api/example.ts";
import { startPlatform } from "./platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;
beforeAll(async () => {
  platform = await startPlatform({ clientTimeoutMs: 4_000 });
});
afterAll(() => platform.stop());

/** Whatever came before, the next request is answered. */
afterEach(async () => {
  const headers = { "idempotency-key": `k${Math.random()}` };
  const answer = await platform.ask("/claims", { as: "amina", body: exampleSubmission, headers });
  expect(answer.status).toBe(201);
});

/** Writes `parts` to a fresh connection, `pauseMs` between them; gives all that came until the other side ended it. */
async function raw(parts: readonly (string | Uint8Array)[], pauseMs = 0): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port: platform.gateway.port });
  let came = "";
  socket.on("data", (chunk) => {
    came += chunk.toString("latin1");
  });
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.once("close", resolve));
  for (const part of parts) {
    if (!socket.writable) break;
    socket.write(part);
    if (pauseMs > 0) await Promise.race([sleep(pauseMs), closed]);
  }
  await closed;
  return came;
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0);

const posting = async (more = "") =>
  `POST /claims HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${await platform.token("amina")}\r\n` +
  `content-type: application/json\r\nidempotency-key: k\r\n${more}`;

test("clients that are slow on purpose are cut off, and keep nobody out meanwhile", async () => {
  const drip = Array.from({ length: 100 }, (_, i) => `x-${i}: 1\r\n`);
  const lorises = Array.from({ length: 100 }, () =>
    raw(["GET /claims HTTP/1.1\r\nhost: x\r\n", ...drip], 100),
  );
  const head = await posting("content-length: 1000\r\n\r\n");
  const inBody = raw([head, ...Array.from({ length: 100 }, () => "x")], 100);
  expect((await platform.ask("/nowhere")).status).toBe(404);
  const cut = await Promise.all(lorises);
  const answered = cut.filter((answer) => answer !== "");
  expect(answered.length).toBeGreaterThan(0);
  expect(new Set(answered.map(statusOf))).toEqual(new Set([408]));
  expect(answered[0]).toContain('{"message":"Request Timeout"}');
  expect([0, 408]).toContain(statusOf(await inBody));
});

describe("a flood ends in 4xx", () => {
  test("of headers: one long, or many", async () => {
    const long = `GET /claims HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(11_000)}\r\n\r\n`;
    const many = Array.from({ length: 2_000 }, (_, i) => `x-${i}: 1\r\n`).join("");
    for (const flood of [long, `GET /claims HTTP/1.1\r\nhost: x\r\n${many}\r\n`]) {
      const answer = await raw([flood]);
      expect(statusOf(answer)).toBe(431);
      expect(answer).toContain('{"message":"Request Header Fields Too Large"}');
    }
  });

  test("of a path", async () => {
    const answer = await raw([`GET /${"a/".repeat(8_000)} HTTP/1.1\r\nhost: x\r\n\r\n`]);
    expect([414, 431]).toContain(statusOf(answer));
  });

  test("of a body: 10 MB announced, 10 MB sent, one byte more, in chunks", async () => {
    const head = await posting();
    const size = 10 * 1024 * 1024;
    const body = Buffer.alloc(size, 0x20);
    const ending = "connection: close\r\n";
    const answers = [
      await raw([`${head}${ending}content-length: ${size}\r\n\r\n`, body]),
      await raw([`${head}content-length: ${size + 1}\r\n\r\n`]),
      await raw([
        `${head}${ending}transfer-encoding: chunked\r\n\r\n${(size + 1).toString(16)}\r\n`,
        body,
        " \r\n0\r\n\r\n",
      ]),
    ];
    expect(answers.map(statusOf)).toEqual([413, 413, 413]);
  });

  test("of levels, of names, of text that is not UTF-8", async () => {
    const deep = "[".repeat(30_000) + "]".repeat(30_000);
    const names = JSON.stringify(
      Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`f${i}`, 1])),
    );
    const bytes = Buffer.from(JSON.stringify({ ...exampleSubmission, narrative: "caf\u00e9" }));
    const latin = Buffer.from(bytes.toString("latin1").replace("\u00c3\u00a9", "\u00e9"), "latin1");
    for (const body of [Buffer.from(deep), Buffer.from(names), latin]) {
      const head = await posting(`connection: close\r\ncontent-length: ${body.length}\r\n\r\n`);
      expect(statusOf(await raw([head, body]))).toBe(400);
    }
  });
});

test.each([
  ["no HTTP at all", "hello\r\n\r\n"],
  ["TLS to a plain port", "\x16\x03\x01\x02\x00\x01"],
  [
    "two lengths",
    "POST /claims HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
  ],
  [
    "a length and chunks (request smuggling)",
    "POST /claims HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nG",
  ],
  [
    "a chunk of no size",
    "POST /claims HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
  ],
  ["a NUL in a header", "GET /claims HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n\r\n"],
  ["no host", "GET /nowhere HTTP/1.1\r\n\r\n"],
])("%s is refused", async (_, request) => {
  const status = statusOf(await raw([request]));
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
});
