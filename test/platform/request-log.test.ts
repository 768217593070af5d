import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { fileLog } from "../../local/platform/request-log.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-request-log-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fields = { requestId: "r1", traceId: "t1", route: "GET /x", status: 503, durationMs: 1 };

test("a request that can't be logged is answered all the same, and the terminal hears so once per outage", () => {
  const path = join(folder, "requests.log");
  const said: string[] = [];
  const log = fileLog(
    path,
    (line) => said.push(line),
    () => 1_700_000_000_000_000n,
  );
  mkdirSync(path);
  log.info("request", fields);
  log.error("request", fields);
  expect(said).toEqual([`requests are not logged: ${path} can't be written (EISDIR)`]);
  rmdirSync(path);
  log.error("request", fields);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
    timestamp: "2023-11-14T22:13:20.000000Z",
    level: "error",
    message: "request",
    ...fields,
  });
  rmSync(path);
  mkdirSync(path);
  log.info("request", fields);
  expect(said).toHaveLength(2);
});
