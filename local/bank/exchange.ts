import { utf8 } from "../../shared/base/bytes.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { BankStub } from "./stub.ts";

/** The folders a bank and its customers meet in: `<customer>/<file>` to the bank, `<customer>/<message>` from it. */
export interface Exchange {
  readonly out: ObjectStore;
  readonly inbox: ObjectStore;
}

/**
 * The bank's turn: takes every file from `out`, which is then gone, and leaves what has become due in `inbox`. It may break off anywhere and be called
 * again. Gives how many files it took and messages it left.
 */
export async function takeTurn(bank: BankStub, { out, inbox }: Exchange): Promise<number> {
  const customers = new Set<string>();
  let done = 0;
  for await (const key of out.list("")) {
    const customer = key.slice(0, key.indexOf("/"));
    customers.add(customer);
    const file = await out.get(key);
    if (file) bank.accept(customer, file.bytes);
    await out.delete(key);
    done++;
  }
  for (const customer of new Set([...customers, ...bank.customers()])) {
    for (const { name, text } of bank.waiting(customer)) {
      await inbox.putIfAbsent(`${customer}/${name}`, utf8(text));
      bank.forget(customer, name);
      done++;
    }
    if (bank.pending() > 0) bank.nextRound(customer);
  }
  return done;
}
