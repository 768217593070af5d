// A process that competes with its twins: adds 1 to the number in `counter` of the folder store, `times` times.

import { folderStore } from "../../local/objects/folder.ts";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";

const [root = "", times = "0"] = process.argv.slice(2);
const store = folderStore(root, { durable: false });
let won = 0;
let lost = 0;
while (won < Number(times)) {
  const held = await store.get("counter");
  const next = String(Number(held === undefined ? 0 : fromUtf8(held.bytes)) + 1);
  if ((await store.replace("counter", utf8(next), held?.tag)) === "stored") won++;
  else lost++;
}
console.log(lost);
