import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createGzip } from "node:zlib";
import { expect, test } from "@jest/globals";
import type { Rejection } from "../../local/portfolio/portfolio.ts";
import { eachRow } from "../../local/portfolio/synthea/table.ts";

const mebibyte = 2 ** 20;
setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** What is in use once all that may be freed is: what the process has of the system is as much as it ever needed, and what it did not give back yet. */
function heldBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The most that was held while `work` went on, over what was held before it. */
async function mostHeld(work: Promise<void>): Promise<number> {
  const before = heldBytes();
  let [going, most, looks] = [true, 0, 0];
  const ended = work.finally(() => {
    going = false;
  });
  for (; going; looks++) {
    most = Math.max(most, heldBytes() - before);
    await sleep(50);
  }
  await ended;
  expect(looks).toBeGreaterThan(2);
  return most;
}

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
    const reading = eachRow(dir, "payers.csv.gz", ["NAME"], rejected, ({ NAME }) => {
      names.push(NAME);
    });
    expect(await mostHeld(reading)).toBeLessThan(20 * mebibyte);
    expect(names).toEqual(["last"]);
    const reason = "row: is longer than 65536 bytes";
    expect(rejected).toEqual([{ file: "payers.csv.gz", line: 2, reason }]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
