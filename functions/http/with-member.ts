import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import type { HttpReply } from "./reply.ts";

/** The reply with one more member at the end of its JSON object; the bytes before it stay as they are. `json` is the member's JSON. */
export function withMember(reply: HttpReply, name: string, json: string): HttpReply {
  const open = fromUtf8(reply.body, "reply").trimEnd().slice(0, -1);
  return { ...reply, body: utf8(`${open},"${name}":${json}}\n`) };
}
