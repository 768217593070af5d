import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { type CompiledPack, compilePack } from "../../shared/coverage/compile.ts";
import type { Pack } from "../../shared/coverage/pack.ts";
import { publishPack } from "../../shared/policy/publish-pack.ts";
import { commitCommand } from "../command/commit.ts";
import type { Appended, CommandTransaction } from "../command/transaction.ts";
import type { OperatorPorts } from "./core.ts";

/** Publishes a pack's next version on `stream`, by `author` and approved by who acts. */
export async function publishPackVersion(
  ports: OperatorPorts,
  insurer: string,
  stream: Handle,
  pack: Pack,
  author: Handle,
  act: Act,
): Promise<Appended | Refusal> {
  const text = compilePack(pack);
  return commitCommand(ports, insurer, act.now, (transaction) =>
    publishIn(ports, transaction, { pack: stream, author }, text, act),
  );
}

/** The same in a transaction under way: the text goes where everyone reads it once nothing is against it, and before the record that names its hash. */
export async function publishIn(
  { packs }: Pick<OperatorPorts, "packs">,
  transaction: CommandTransaction,
  { pack: stream, author }: { readonly pack: Handle; readonly author: Handle },
  text: CompiledPack,
  act: Act,
): Promise<Appended | Refusal> {
  const { insurerId } = transaction;
  const before = await transaction.stream("pack", stream);
  const earlier = new Map<string, CompiledPack>();
  for (const { hash } of before?.state.versions ?? []) {
    earlier.set(hash, await packs.load(insurerId, hash));
  }
  const publication = { text, author, earlier };
  const event = publishPack(await transaction.insurer(), before, stream, publication, act);
  if (isRefusal(event)) return event;
  await packs.put(insurerId, text.pack);
  // What decisions will read is what was judged.
  await packs.load(insurerId, text.hash);
  return transaction.append(event, act);
}
