import { spawnSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";
import { expect, test } from "@jest/globals";

const mebibyte = 2 ** 20;
const program = fileURLToPath(new URL("long-line.ts", import.meta.url));

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

    // In this process a collection would go through all that the tests before this one loaded.
    const { stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", program, dir], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    const { mostBytes, looks, ...read } = JSON.parse(stdout);
    const reason = "row: is longer than 65536 bytes";
    const rejected = [{ file: "payers.csv.gz", line: 2, reason }];
    expect(read).toEqual({ names: ["last"], rejected });
    expect(looks).toBeGreaterThan(2);
    expect(mostBytes).toBeLessThan(20 * mebibyte);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
