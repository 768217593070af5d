import type { IncomingHttpHeaders } from "node:http";
import { namesLoopback } from "./loopback.ts";

/** Whether a request to a stub comes from an SDK client of this machine that has this access key: its Host and the credential it says it signed with. */
export const isSignedBy = (
  accessKeyId: string,
  { host, authorization = "" }: IncomingHttpHeaders,
): boolean =>
  namesLoopback(host) && authorization.startsWith(`AWS4-HMAC-SHA256 Credential=${accessKeyId}/`);
