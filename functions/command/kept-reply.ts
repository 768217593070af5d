import { concat, equal, toHex, utf8 } from "../../shared/base/bytes.ts";
import { assert } from "../../shared/base/malformed.ts";
import { refuse } from "../../shared/base/refusal.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import type { Caller, Idempotency, KeptReply, Reply } from "../../shared/ports/claims.ts";
import type { CommandPorts } from "./commit.ts";
import type { CommandTransaction } from "./transaction.ts";

/**
 * Replies kept under an Idempotency-Key. A reply holds openings, so it is encrypted under the caller's own data key: whoever erases the
 * person erases it too.
 */
export interface ReplyKeeper {
  /** The first reply to this key; a refusal when the key came with another request; undefined when it is new. */
  find(transaction: CommandTransaction): Promise<Reply<never> | undefined>;
  keep(transaction: CommandTransaction, reply: KeptReply): void;
}

/** A keeper for one request of `caller`. Throws Unavailable when the caller's key can't be had. */
export async function replyKeeper(
  { keys, random, cipher }: Pick<CommandPorts, "keys" | "random" | "cipher">,
  caller: Caller,
  { key, fingerprint }: Idempotency,
): Promise<ReplyKeeper> {
  const keeper = `${caller.insurer}/${caller.person}`;
  const { insurer, person } = caller;
  const dataKey = await keys.obtain({ insurer, person, class: "identity-and-health" });
  const context = utf8(`countersign-reply/v1\n${keeper}\n${key}\n`);
  // Both are kept as hashes under the data key: what a client chose or sent can't be guessed from a row, or from a backup of one.
  const keyed = (bytes: Uint8Array): Uint8Array => sha256(concat(dataKey, bytes));
  const name = toHex(keyed(utf8(key)));
  const asked = keyed(fingerprint);
  return {
    find: async (transaction) => {
      const kept = await transaction.kept(keeper, name);
      if (!kept) return undefined;
      if (!equal(kept.fingerprint, asked)) {
        return refuse("key-reused", "This Idempotency-Key came with another request before.");
      }
      const body = cipher.decrypt(dataKey, context, kept.reply);
      return { kept: { status: kept.status, body } };
    },
    keep: (transaction, { status, body }) => {
      assert(dataKey.length === 32, "a data key has 32 bytes");
      const reply = cipher.encrypt(dataKey, random(12), context, body);
      transaction.keep(keeper, name, { fingerprint: asked, status, reply });
    },
  };
}
