import { utf8 } from "../../shared/base/bytes.ts";
import { type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { HttpReply } from "../http/reply.ts";

/** The most one answer carries: Lambda gives 6 MB, in which base64 takes a third. */
export const mostAnswered = 4 * 1_024 * 1_024;

/** A byte range as it was asked for: from `first`, up to and with `last` if it says so. */
export interface Range {
  readonly first: number;
  readonly last: number | undefined;
}

/** The one range of `bytes=first-` or `bytes=first-last` (RFC 9110 §14.1.2); anything else is as if nothing had been asked. */
export function rangeOf(header: string | undefined): Range | undefined {
  const match = /^bytes=(\d{1,12})-(\d{0,12})$/.exec(header ?? "");
  if (!match) return undefined;
  return { first: Number(match[1]), last: match[2] ? Number(match[2]) : undefined };
}

const type = { "content-type": "application/octet-stream", "accept-ranges": "bytes" };

/** The bytes, or the part asked for, cut to what one answer carries; a file that is larger is only given in ranges. */
export function wholeOrRange(bytes: Uint8Array, range: Range | undefined): HttpReply | Refusal {
  const { length } = bytes;
  if (!range) {
    if (length <= mostAnswered) return { status: 200, headers: type, body: bytes };
    return refuse("limit-exceeded", `It has ${length} bytes: ask for ranges of ${mostAnswered}.`);
  }
  const last = Math.min(range.last ?? length - 1, length - 1, range.first + mostAnswered - 1);
  if (range.first > last) {
    const headers = { "content-type": "text/plain; charset=utf-8" };
    const body = utf8("The file ends before this range.\n");
    return { status: 416, headers: { ...headers, "content-range": `bytes */${length}` }, body };
  }
  const headers = { ...type, "content-range": `bytes ${range.first}-${last}/${length}` };
  return { status: 206, headers, body: bytes.slice(range.first, last + 1) };
}
