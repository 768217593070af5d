import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { wallClock } from "../../functions/http/clock.ts";
import { folderStore } from "../objects/folder.ts";
import { friendly, hostile } from "./behaviour.ts";
import { takeTurn } from "./exchange.ts";
import { serveBank } from "./serve.ts";
import { openBank } from "./stub.ts";

/**
 * The bank as its own process: `main.ts --folder DIR [--hostile SEED] [--exchange DIR] [--every-ms N]`. Prints one line, `{"url"}`, when it serves; it
 * fetches files from `out` of the exchange and leaves messages in its `in` every N ms. Ends with its standard input.
 */
const { values } = parseArgs({
  options: {
    folder: { type: "string" },
    hostile: { type: "string" },
    exchange: { type: "string" },
    "every-ms": { type: "string", default: "20" },
  },
});
if (values.folder === undefined) {
  console.error("bank: --folder DIR is missing");
  process.exit(2);
}

const behaviour = values.hostile === undefined ? friendly : hostile(values.hostile);
const bank = openBank(values.folder, behaviour, wallClock);
const door = await serveBank(bank);
console.log(JSON.stringify({ url: door.url }));
process.stdin.resume().once("end", () => process.exit(0));

if (values.exchange !== undefined) {
  const exchange = {
    out: folderStore(join(values.exchange, "out")),
    inbox: folderStore(join(values.exchange, "in")),
  };
  for (;;) {
    await takeTurn(bank, exchange);
    await sleep(Number(values["every-ms"]));
  }
}
