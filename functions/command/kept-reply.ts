import type { KeptReply } from "../../shared/api/committed-reply.ts";
import { concat, equal, fromUtf8, toHex, utf8 } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { hmacSha256 } from "../../shared/base/hmac.ts";
import { assert } from "../../shared/base/malformed.ts";
import { partClasses } from "../../shared/base/part-class.ts";
import { type Refusal, refuse } from "../../shared/base/refusal.ts";
import { isErased } from "../../shared/policy/person.ts";
import type { Caller, Idempotency } from "../../shared/ports/claims.ts";
import type { DataKeyContext } from "../../shared/ports/keys.ts";
import type { CommandPorts } from "./commit.ts";
import { Erased } from "./erased.ts";
import { MissingKeys } from "./person-keys.ts";
import type { CommandTransaction } from "./transaction.ts";

/**
 * Replies kept under an Idempotency-Key. A reply holds openings of whoever the record is about, so it is encrypted twice: under that person's data key, and
 * that under the caller's. Erasing either of them erases it.
 */
export interface ReplyKeeper {
  /**
   * The first reply to this key, or what was refused then; a refusal when the key came with another request; undefined when it is new. Throws MissingKeys;
   * Erased where the person it is about was erased.
   */
  find(
    transaction: CommandTransaction,
  ): Promise<
    { readonly kept: KeptReply } | { readonly keptRefusal: Refusal } | Refusal | undefined
  >;
  /** Keeps the reply about the person `about`, whose record the transaction has appended. Throws MissingKeys; Erased where the caller was erased. */
  keep(transaction: CommandTransaction, about: Handle, reply: KeptReply): Promise<void>;
  /**
   * Keeps what was refused: it may say amounts of the one person whose streams the transaction has read, or else is the caller's own. Of several persons at
   * once nothing is kept. Throws as {@link keep}.
   */
  keepRefusal(transaction: CommandTransaction, refusal: Refusal): Promise<void>;
}

const handleLength = 32;

/** The status of a row that keeps a refusal: its problem is written anew, with the id of the request that asks. */
const refused = 0;

/** A keeper for one request of `caller`. */
export function replyKeeper(
  { random, cipher }: Pick<CommandPorts, "random" | "cipher">,
  caller: Caller,
  { key, fingerprint }: Idempotency,
): ReplyKeeper {
  const { insurer, person: own } = caller;
  const keeper = `${insurer}/${own}`;
  const context = utf8(`countersign-reply/v1\n${keeper}\n${key}\n`);
  const contextOf = (person: Handle): DataKeyContext => ({
    insurer,
    person,
    class: "identity-and-health",
  });
  const ofBothClasses = (person: Handle): DataKeyContext[] =>
    partClasses.map((each) => ({ ...contextOf(person), class: each }));
  // Both are kept as HMAC-SHA-256 (RFC 2104) under the data key: what a client chose or sent can't be guessed from a row, or from a backup of one.
  const nameUnder = (dataKey: Uint8Array): string =>
    toHex(hmacSha256(dataKey, utf8(`countersign-idempotency-key/v1\n${key}\n`)));
  const askedUnder = (dataKey: Uint8Array): Uint8Array =>
    hmacSha256(dataKey, concat(utf8("countersign-idempotency-request/v1\n"), fingerprint));

  /** The caller's key; made where there is none, but never again for somebody who was erased. */
  const ownKey = async (transaction: CommandTransaction): Promise<Uint8Array> => {
    const held = transaction.keys.held(contextOf(own));
    if (held) return held;
    const known = await transaction.stream("person", own);
    if (known && isErased(known.state)) throw new Erased("the caller was erased");
    throw new MissingKeys(ofBothClasses(own), []);
  };
  const keep: ReplyKeeper["keep"] = async (transaction, about, { status, body, ...headers }) => {
    assert(about.length === handleLength, "a handle has 32 letters");
    const dataKey = await ownKey(transaction);
    const key = transaction.keys.held(contextOf(about));
    // The record this answers was appended, so that the person is not erased: one without a key never had one.
    if (!key) throw new MissingKeys(ofBothClasses(about), []);
    const kept = concat(utf8(`${JSON.stringify(headers)}\n`), body);
    const inner = cipher.encrypt(key, random(12), context, kept);
    const reply = cipher.encrypt(dataKey, random(12), context, concat(utf8(about), inner));
    const asked = { fingerprint: askedUnder(dataKey), status, reply };
    transaction.keep(keeper, nameUnder(dataKey), asked);
  };
  return {
    find: async (transaction) => {
      const dataKey = transaction.keys.held(contextOf(own));
      if (dataKey === undefined) throw new MissingKeys([], [contextOf(own)]);
      // Nothing was ever closed under a key that was never made.
      if (dataKey === null) return undefined;
      const kept = await transaction.kept(keeper, nameUnder(dataKey));
      if (!kept) return undefined;
      if (!equal(kept.fingerprint, askedUnder(dataKey))) {
        return refuse("key-reused", "This Idempotency-Key came with another request before.");
      }
      const outer = cipher.decrypt(dataKey, context, kept.reply);
      const about = fromUtf8(outer.subarray(0, handleLength), "reply");
      const key = transaction.keys.held(contextOf(about));
      if (key === undefined) throw new MissingKeys([], [contextOf(about)]);
      if (key === null) throw new Erased("the person this reply is about was erased");
      const { headers, body } = parseKept(
        cipher.decrypt(key, context, outer.subarray(handleLength)),
      );
      if (kept.status === refused) return { keptRefusal: JSON.parse(fromUtf8(body, "refusal")) };
      return { kept: { status: kept.status, ...headers, body } };
    },
    keep,
    keepRefusal: async (transaction, refusal) => {
      const [about = own, another] = transaction.personsRead();
      if (another !== undefined) return;
      const key = transaction.keys.held(contextOf(about));
      // Whose streams were read has a key, or nothing of them could have been.
      if (about !== own && !key) return;
      await keep(transaction, about, { status: refused, body: utf8(JSON.stringify(refusal)) });
    },
  };
}

/** One line of JSON with the reply's headers, then its body. */
function parseKept(bytes: Uint8Array): {
  headers: Pick<KeptReply, "location" | "etag">;
  body: Uint8Array;
} {
  const end = bytes.indexOf(0x0a);
  const headers = JSON.parse(fromUtf8(bytes.subarray(0, end), "reply"));
  return { headers, body: bytes.subarray(end + 1) };
}
