import * as z from "zod";
import { type DomainEvent, eventForm, eventOf, type Seen } from "../base/event.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { type InsurerState, keyDigest, logKeysSchema } from "./insurer.ts";

const keysSchema = () => z.strictObject({ keys: logKeysSchema });
/** The verifier keys that sign the log from this record on: old and new ones while keys are replaced, then the new ones. */
export const keysForm = eventForm("keys.published", keysSchema);
export type PublishedKeys = z.output<ReturnType<typeof keysSchema>>;

/**
 * Publishes the keys of the log: each once, not the list that is in force, and at least one key of it: whoever trusts the keys in force
 * can follow to the next ones, since one of them signs the checkpoint that covers this record.
 */
export function publishKeys(
  insurer: Seen<InsurerState>,
  keys: readonly string[],
): DomainEvent | Refusal {
  const inForce = insurer.state.keys;
  const named = keys.map(keyDigest);
  if (new Set(named).size !== named.length) {
    return refuse("wrong-state", "A key is listed twice.", "keys");
  }
  if (!named.some((key) => inForce.includes(key))) {
    return refuse("wrong-state", "Keys are replaced with an overlap: list one in force.", "keys");
  }
  if (named.length === inForce.length && named.every((key) => inForce.includes(key))) {
    return refuse("duplicate", "These keys are in force.");
  }
  return eventOf(keysForm, insurer.stream, { keys: [...keys] });
}
