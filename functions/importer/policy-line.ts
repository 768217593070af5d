import { fieldErrors } from "../../shared/api/field-errors.ts";
import { maxLineBytes, type PolicyLine, policyLineSchema } from "../../shared/api/import-views.ts";
import { parseJson } from "../../shared/api/json-text.ts";
import type { Problem } from "../../shared/api/problem.ts";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { canonicalText, type Json } from "../../shared/base/canonical.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { hmacSha256 } from "../../shared/base/hmac.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { type Terms, termsSchema } from "../../shared/policy/policy.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import { actOf } from "../command/act.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { issueIn } from "../command/issue-policy.ts";

/** What a line says, or why it says nothing. */
export type ReadLine = PolicyLine | { readonly problem: Problem };

/** Reads one line as `POST /insurers/{insurer}/policies` reads its body; never throws for what stands in it. */
export function readLine(bytes: Uint8Array | undefined): ReadLine {
  if (bytes === undefined) {
    const detail = `The line is longer than ${maxLineBytes} bytes.`;
    return { problem: { code: "body-too-large", detail } };
  }
  const json = jsonOf(bytes);
  if (typeof json === "string") {
    return { problem: { code: "malformed-request", detail: json } };
  }
  const read = policyLineSchema.safeParse(json.value);
  if (read.success) return read.data;
  const errors = fieldErrors(read.error.issues, json.value);
  const detail = `${errors.map((each) => `${each.field || "line"} ${each.detail}`).join("; ")}.`;
  return { problem: { code: "malformed-request", detail, errors } };
}

/** The line's JSON, or what is wrong with it in a sentence. */
function jsonOf(bytes: Uint8Array): { readonly value: Json } | string {
  try {
    return { value: parseJson(bytes, "line") };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return `The ${error.message.replace(":", "")}.`;
  }
}

/**
 * The stream of the policy that has this key with the insurer: HMAC-SHA-256 of it under a key of the insurer's own, its first 16 bytes. So the same key is the same
 * policy whoever imports it, and nobody without that key sees from the handle what it is of.
 */
export const policyOfKey = (secret: Uint8Array, insurer: string, key: string): Handle =>
  toHex(hmacSha256(secret, utf8(`countersign-policy-key/v1\n${insurer}\n${key}\n`)).slice(0, 16));

const sameTerms = (a: Terms, b: Terms): boolean => textOf(a) === textOf(b);
const textOf = (terms: Terms): string => canonicalText(termsSchema.encode(terms) as Json);

/**
 * Has the policy of one line stand: issued in a transaction of its own, unless it does already. Refused where the single issue would be, and where the policy of this
 * key has other terms. Throws Unavailable.
 */
export async function issueLine(
  ports: CommandPorts,
  caller: Caller,
  policy: Handle,
  { key: _, ...terms }: PolicyLine,
): Promise<Refusal | undefined> {
  const act = actOf(caller, ports.clock());
  const done = await commitCommand(ports, caller.insurer, act.now, async (transaction) => {
    const before = await transaction.stream("policy", policy);
    if (!before) return issueIn(transaction, policy, terms, act);
    if (sameTerms(before.state.terms, terms)) return { stands: policy };
    const detail =
      before.version === 1n
        ? "Another policy has this key."
        : "The policy of this key was changed since it was issued, or is another.";
    return refuse("key-reused", detail, "key");
  });
  return isRefusal(done) ? done : undefined;
}
