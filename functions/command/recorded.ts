import type { Recorded } from "../../shared/api/committed.ts";
import { fromUtf8, toHex } from "../../shared/base/bytes.ts";
import type { Appended } from "./transaction.ts";

/** What a command's answer says of the record it drafted. */
export const recordedOf = ({ record, leafHash, bytes, openings }: Appended): Recorded => ({
  record: {
    leafHash: toHex(leafHash),
    type: record.type,
    version: record.version,
    bytes: fromUtf8(bytes, "record"),
  },
  openings: openings.map((opening, index) => ({ ...opening, index })),
});
