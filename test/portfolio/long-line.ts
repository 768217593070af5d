import { setTimeout as sleep } from "node:timers/promises";
import type { Rejection } from "../../local/portfolio/portfolio.ts";
import { eachRow } from "../../local/portfolio/synthea/table.ts";

/* A process of its own, `node --expose-gc`: reads the column NAME of payers.csv.gz in the folder it is given and says what it read, and the most bytes it held meanwhile. */

/** What is in use once all that may be freed is: what the process has of the system is as much as it ever needed, and what it did not give back yet. */
function heldBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const names: string[] = [];
const rejected: Rejection[] = [];
const before = heldBytes();
let [going, mostBytes, looks] = [true, 0, 0];
const reading = eachRow(process.argv[2] ?? "", "payers.csv.gz", ["NAME"], rejected, ({ NAME }) => {
  names.push(NAME);
}).finally(() => {
  going = false;
});
for (; going; looks++) {
  mostBytes = Math.max(mostBytes, heldBytes() - before);
  await sleep(20);
}
await reading;
process.stdout.write(JSON.stringify({ names, rejected, mostBytes, looks }));
