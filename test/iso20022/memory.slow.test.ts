import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "@jest/globals";
import { formatEntry } from "../../local/bank/notification.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { notificationReader } from "../../shared/iso20022/notification.ts";
import { booked, entry, notification } from "./bank-messages.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");
const heapBytes = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

/** Feeds a notification of `count` entries and gives how many bytes of heap reading held after each tenth of them, over what it held after the first. */
function growthOver(count: number): { items: number; mostGrowth: number } {
  const [head = "", tail = ""] = notification()
    .replace(/<TxsSummry>.*<\/TxsSummry>/, "")
    .split(formatEntry(entry()));
  const reader = notificationReader();
  reader.read(utf8(head));
  let [items, start, mostGrowth] = [0, 0, 0];
  for (let at = 0; at < count; at++) {
    const id = at.toString(16).padStart(32, "0");
    const line = entry({ reference: `BANK-${at}`, payments: [booked("1", { endToEndId: id })] });
    items += reader.read(utf8(formatEntry(line))).length;
    if ((at + 1) % (count / 10) !== 0) continue;
    const held = heapBytes();
    if (start === 0) start = held;
    mostGrowth = Math.max(mostGrowth, held - start);
  }
  reader.read(utf8(tail));
  reader.end();
  return { items, mostGrowth };
}

test("a notification's length doesn't show in the memory that reading it takes", () => {
  growthOver(1_000);
  // What the process takes for itself meanwhile (compiled code, the runner's own) comes once; what the reader keeps comes each time.
  const runs = [growthOver(10_000), growthOver(10_000), growthOver(10_000)];
  expect(runs.map(({ items }) => items)).toEqual([20_000, 20_000, 20_000]);
  // Nine thousand entries are 5 MB of text; keeping one number of each would be 100 bytes apiece.
  expect(Math.min(...runs.map(({ mostGrowth }) => mostGrowth))).toBeLessThan(500_000);
}, 120_000);
