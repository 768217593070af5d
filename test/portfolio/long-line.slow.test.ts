import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { expect, test } from "@jest/globals";
import type { Rejection } from "../../local/portfolio/portfolio.ts";
import { eachRow } from "../../local/portfolio/synthea/table.ts";

const mebibyte = 2 ** 20;

test.each([
  ["a", ""],
  ["an unclosed quote and a", '"'],
])("%s line of 100 MB is rejected without being held", async (_, opening) => {
  const dir = await mkdtemp(join(tmpdir(), "long line "));
  try {
    const chunk = Buffer.alloc(mebibyte, "x");
    const parts = function* () {
      yield Buffer.from(`Id,NAME\n1,${opening}`);
      for (let i = 0; i < 100; i++) yield chunk;
      yield Buffer.from("\n2,last\n");
    };
    const file = createWriteStream(join(dir, "payers.csv.gz"));
    await pipeline(Readable.from(parts()), createGzip({ level: 1 }), file);

    const rejected: Rejection[] = [];
    const names: string[] = [];
    const before = process.memoryUsage().rss;
    await eachRow(dir, "payers.csv.gz", ["NAME"], rejected, ({ NAME }) => {
      names.push(NAME);
    });
    expect(names).toEqual(["last"]);
    const reason = "row: is longer than 65536 bytes";
    expect(rejected).toEqual([{ file: "payers.csv.gz", line: 2, reason }]);
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * mebibyte);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
