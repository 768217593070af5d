import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { knownHash, unsignedHash } from "./claims-double.ts";
import { insurer, problemIn, startPlatform } from "./platform.ts";

/** Sends `path` as it is written: fetch would resolve `%2e%2e` first. */
async function askAsWritten(port: number, path: string) {
  const request = get({ host: "127.0.0.1", port, path, agent: false });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return [response.statusCode, await text(response)];
}

let platform: Awaited<ReturnType<typeof startPlatform>>;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

describe("GET /records/{leafHash}/receipt", () => {
  test.each(["amina", "aziz", "auditor"])("is text for %s", async (as) => {
    const answer = await platform.ask(`/records/${knownHash}/receipt`, { as });
    expect(answer.status).toBe(200);
    expect(platform.asked.at(-1)).toMatchObject({ what: "receipt", caller: { insurer } });
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await answer.text()).toBe("c2sp.org/tlog-proof@v1\n");
  });

  test("is 202 with Retry-After and no bytes until signed", async () => {
    platform.state.pendingPolls = 1;
    const answer = await platform.ask(`/records/${unsignedHash}/receipt`, { as: "amina" });
    expect(answer.status).toBe(202);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(await answer.text()).toBe("");
  });

  test("waits as long as Prefer asks, at most 10 s", async () => {
    platform.state.pendingPolls = 3;
    const headers = { prefer: "respond-async, wait=600" };
    const waiting = { as: "amina", headers };
    const answer = await platform.ask(`/records/${unsignedHash}/receipt`, waiting);
    expect(await answer.text()).toBe("signed now\n");
    expect(answer.headers.get("preference-applied")).toBe("wait=10");
    expect(platform.naps).toHaveLength(3);
    platform.state.pendingPolls = 1e6;
    const late = await platform.ask(`/records/${unsignedHash}/receipt`, waiting);
    expect(late.status).toBe(202);
    expect(platform.naps.slice(3).reduce((sum, ms) => sum + ms, 0)).toBe(10_000);
  });

  test("is 404 for a hash of no record and for what is no hash", async () => {
    for (const hash of ["ee".repeat(32), "AB".repeat(32), "ab"]) {
      const answer = await platform.ask(`/records/${hash}/receipt`, { as: "amina" });
      expect((await problemIn(answer)).status).toBe(404);
    }
  });

  test("is asked of every insurer where the caller has a row, and 404 where none knows it", async () => {
    const ask = (as: string) => platform.ask(`/records/${knownHash}/receipt`, { as });
    expect((await ask("twice")).status).toBe(200);
    expect((await problemIn(await ask("elsewhere"))).status).toBe(404);
  });
});

describe("GET /logs/{insurer}/…", () => {
  test("the checkpoint is public text that is asked for anew, and 304 when unchanged", async () => {
    const answer = await platform.ask(`/logs/${insurer}/checkpoint`);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    expect(await answer.text()).toBe("origin\n1\nroot\n\n— sig\n");
    const headers = { "if-none-match": answer.headers.get("etag") ?? "" };
    const again = await platform.ask(`/logs/${insurer}/checkpoint`, { headers });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  test("a hash tile is public and never changes", async () => {
    const answer = await platform.ask(`/logs/${insurer}/tile/0/000.p/1`);
    expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array(32).fill(200));
    const head = await platform.ask(`/logs/${insurer}/tile/0/000.p/1`, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "32"]);
  });

  test("an entry bundle is for auditors of this insurer", async () => {
    const path = `/logs/${insurer}/tile/entries/000.p/1`;
    const answer = await platform.ask(path, { as: "auditor" });
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array([0, 2, 255, 254]));
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect((await platform.ask(path)).status).toBe(401);
    expect((await platform.ask(path, { as: "amina" })).status).toBe(403);
    const other = await platform.ask("/logs/another/tile/entries/000.p/1", { as: "auditor" });
    expect(other.status).toBe(403);
  });

  test.each([
    "/logs/another/checkpoint",
    `/logs/${insurer}/tile/0/0.p/1`,
    `/logs/${insurer}/tile/0/x000/000.p/1`,
    `/logs/${insurer}/tile/64/000`,
    `/logs/${insurer}/tile/%2e%2e/checkpoint`,
    `/logs/${insurer}/tile/0/..%2f..%2fcheckpoint`,
    `/logs/${insurer}/tile/0%2f000.p/1`,
    `/logs/${insurer}/tile/entries%2f000.p%2f1`,
    `/logs/${insurer}/checkpoint/`,
    `/logs/${insurer.toUpperCase()}/checkpoint`,
    "/logs/%00/checkpoint",
  ])("nothing is at %s", async (path) => {
    const [status, body] = await askAsWritten(platform.gateway.port, path);
    expect(status).toBe(404);
    expect(body).toMatch(/^{"message":"Not Found"}$|^{"type":"urn:countersign:problem:not-found",/);
  });
});
