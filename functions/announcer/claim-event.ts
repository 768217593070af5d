import { toHex } from "../../shared/base/bytes.ts";
import { leafHash } from "../../shared/log/hash.ts";
import type { ClaimEvent } from "../../shared/ports/claim-events.ts";
import { parseRecord } from "../../shared/record/record.ts";

/** The event of the entry at `index`; undefined for a record that is about no claim, payout or policy. Malformed if the entry is no record. */
export function claimEventOf(index: bigint, entry: Uint8Array): ClaimEvent | undefined {
  const { origin, type, stream, version, time } = parseRecord(entry);
  if (!/^(claim|payout|policy)\./.test(type)) return undefined;
  return {
    event: "claim-event/v1",
    origin,
    index: index.toString(),
    type,
    stream,
    version: version.toString(),
    record: toHex(leafHash(entry)),
    time,
  };
}
