import type { Trust } from "../../shared/audit/verify-notes.ts";
import { decodeContent } from "../../shared/base/event.ts";
import { formatVerifierKey, parseVerifierKey } from "../../shared/log/key.ts";
import { genesisForm } from "../../shared/policy/insurer.ts";
import { keysForm } from "../../shared/policy/signing-keys.ts";
import type { LedgerRecord } from "../../shared/record/record.ts";

/** The verifier keys that a record names as its log's: a genesis or `keys.published`; none of any other. Malformed where it is no such record. */
export function keysNamedBy({ type, body }: LedgerRecord): readonly string[] {
  if (!("public" in body)) return [];
  if (type === genesisForm.type) return decodeContent(genesisForm, body.public).keys;
  return type === keysForm.type ? decodeContent(keysForm, body.public).keys : [];
}

/**
 * `trust` with the keys of `origin` among `named` as well: notes from before keys were replaced carry only those. For a log whose newest note holds by
 * `trust` alone, since its entries, which name them, are then the signed ones. Malformed where one is no verifier key.
 */
export function trustNamed(trust: Trust, origin: string, named: Iterable<string>): Trust {
  const logs = [...trust.policy.logs];
  const has = new Set(logs.map(({ key }) => formatVerifierKey(key)));
  for (const line of named) {
    const key = parseVerifierKey(line, "keys");
    if (has.has(line) || key.name !== origin) continue;
    has.add(line);
    logs.push({ key });
  }
  return { ...trust, policy: { ...trust.policy, logs } };
}
