import { utf8 } from "../../shared/base/bytes.ts";
import { canonicalText, type Json } from "../../shared/base/canonical.ts";
import { hmacSha256, sameCode } from "../../shared/base/hmac.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import { keyOfNobody } from "../command/key-of-nobody.ts";
import type { PersonKeys } from "../command/person-keys.ts";
import { HttpProblem } from "./http-problem.ts";

/** Where a page ends, as a client holds it. */
export interface Cursors<Position extends Json> {
  write(position: Position): string;
  /** 400 that names `cursor` where it is none of this list and caller. */
  read(cursor: string | undefined): Position | undefined;
}

/**
 * Cursors of one list of one caller: base64url of the position's JSON, a dot, base64url of HMAC-SHA-256 (RFC 2104) over the caller, the list's name, its filter and the
 * position, under a data key that the insurer has for nobody; so that none is made up, or carried to another list, another filter or another caller: a
 * key of the caller's own would be made by their reading. Throws Unavailable where the key can't be had.
 */
export async function cursorsOf<Position extends Json>(
  keys: Pick<PersonKeys, "obtain">,
  { insurer, person }: Caller,
  list: string,
  filter: Json,
): Promise<Cursors<Position>> {
  const key = await keyOfNobody(keys, insurer);
  const macOf = (position: string): Uint8Array =>
    hmacSha256(
      key,
      utf8(`countersign-cursor/v1\n${person}\n${list}\n${canonicalText(filter)}\n${position}\n`),
    );
  return {
    write: (position) => {
      const text = Buffer.from(canonicalText(position)).toString("base64url");
      return `${text}.${Buffer.from(macOf(text)).toString("base64url")}`;
    },
    read: (cursor) => {
      if (cursor === undefined) return undefined;
      const [text = "", mac = ""] = cursor.split(".", 2);
      if (sameCode(Buffer.from(mac, "base64url"), macOf(text))) {
        return JSON.parse(Buffer.from(text, "base64url").toString()) as Position;
      }
      const errors = [{ field: "cursor", detail: "is none of this list" }];
      throw new HttpProblem({ code: "malformed-request", detail: "No such cursor.", errors });
    },
  };
}
