import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { crc32 } from "node:zlib";

/** How the checksums are made that a client may send with an object, by header. */
const digests: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  "content-md5": (bytes) => createHash("md5").update(bytes).digest("base64"),
  "x-amz-checksum-sha256": (bytes) => createHash("sha256").update(bytes).digest("base64"),
  "x-amz-checksum-crc32": (bytes) => {
    const code = Buffer.alloc(4);
    code.writeUInt32BE(crc32(bytes));
    return code.toString("base64");
  },
};

/** Whether every checksum in `headers` is that of `bytes`; one of a kind not known here is not looked at. */
export const digestsOf = (headers: IncomingHttpHeaders, bytes: Uint8Array): boolean =>
  Object.entries(digests).every(([name, digest]) => {
    const said = headers[name];
    return said === undefined || said === digest(bytes);
  });
