import { equal, utf8 } from "../base/bytes.ts";
import { headAt } from "./binary-head.ts";
import { walkBinary } from "./binary-walk.ts";
import { ionLimits, MalformedAt } from "./ion-limits.ts";
import { binaryMarker } from "./split-binary.ts";
import { TextScan } from "./text-scan.ts";

/** Whether `bytes` say that they are Ion binary. */
export const isIonBinary = (bytes: Uint8Array): boolean =>
  equal(bytes.subarray(0, binaryMarker.length), binaryMarker);

/** Throws MalformedAt where `source`, text or binary of any values, is beyond {@link ionLimits}: before a reader recurses into it. */
export function requireBounds(source: string | Uint8Array): void {
  const bytes = typeof source === "string" ? utf8(source) : source;
  if (bytes.length > ionLimits.valueBytes) {
    throw new MalformedAt(0, `is over ${ionLimits.valueBytes} bytes`);
  }
  if (isIonBinary(bytes)) binaryBounds(bytes);
  else textBounds(bytes);
}

function binaryBounds(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === binaryMarker[0]) {
      at += binaryMarker.length;
      continue;
    }
    const end = headAt(bytes, at, at)?.end ?? bytes.length + 1;
    walkBinary(bytes.subarray(at, end), at);
    at = end;
  }
}

/** As if all of it stood in one list: there any value may stand. */
function textBounds(bytes: Uint8Array): void {
  const scan = new TextScan();
  scan.depth = 1;
  bytes.forEach((byte, offset) => {
    scan.take(byte, offset);
    if (scan.depth === 0) throw new MalformedAt(offset, "closes what isn't open");
  });
}
