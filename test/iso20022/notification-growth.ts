import { formatEntry } from "../../local/bank/notification.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { notificationReader } from "../../shared/iso20022/notification.ts";
import { booked, entry, notification } from "./bank-messages.ts";

/* A process of its own, `node --expose-gc`: says how many bytes of heap reading a notification of as many entries as it is told held, after each tenth of them, over what it held after the first. */

const heapBytes = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

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

const count = Number(process.argv[2]);
growthOver(count / 10);
process.stdout.write(JSON.stringify([growthOver(count), growthOver(count), growthOver(count)]));
