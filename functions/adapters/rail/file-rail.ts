import { messageIdOf } from "../../../shared/iso20022/identifiers.ts";
import type { Inbox } from "../../../shared/ports/inbox.ts";
import type { ObjectStore } from "../../../shared/ports/objects.ts";
import type { BankMessage, OutgoingFile, Rail } from "../../../shared/ports/rail.ts";
import { maxPerFile } from "../../payouts/batch.ts";

/**
 * The rail of a bank that fetches payment files from one folder and leaves its messages in another (EBICS and host-to-host transfers end in such):
 * `<insurer>/<MsgId>.xml` in `out`, `<insurer>/<any name>` in `inbox`.
 */
export function fileRail(out: Pick<ObjectStore, "get" | "putIfAbsent">, inbox: Inbox): Rail {
  return {
    mostPayments: maxPerFile,
    send: async (insurer, { file, bytes }: OutgoingFile) => {
      const key = `${insurer}/${messageIdOf(file)}.xml`;
      if ((await out.putIfAbsent(key, bytes)) === "stored") return "sent";
      const there = await out.get(key);
      // The bank may have taken it away meanwhile.
      return there === undefined || Buffer.compare(there.bytes, bytes) === 0 ? "sent" : "conflict";
    },
    async *messages(insurer): AsyncIterable<BankMessage> {
      for await (const key of inbox.list(`${insurer}/`)) {
        const bytes = await inbox.stream(key);
        if (bytes) yield { name: key.slice(insurer.length + 1), bytes };
      }
    },
    acknowledge: (insurer, name) => inbox.delete(`${insurer}/${name}`),
    setAside: (insurer, name) => inbox.setAside(`${insurer}/${name}`),
  };
}
