import type { MiddlewareObj } from "@middy/core";
import { noEdge, originVerifyHeader } from "../../shared/api/origin-verify.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { sameCode } from "../../shared/base/hmac.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import type { Edge, OriginVerify } from "./edge.ts";
import type { ApiResult, HttpEvent } from "./event.ts";
import { HttpProblem } from "./http-problem.ts";

/**
 * Reads `none`, which asks for nothing, or one or two values, separated by a comma, of 32 to 128 letters, digits and underscores. Malformed for any other text: a value
 * that was lost opens no door.
 */
export function parseOriginVerify(text: string): OriginVerify | undefined {
  if (text === noEdge) return undefined;
  if (!/^\w{32,128}(,\w{32,128})?$/.test(text)) {
    throw new Malformed("origin-verify", "is neither none nor one or two values");
  }
  return text.split(",").map((value) => sha256(utf8(value)));
}

/**
 * 403 unless the request came by way of the edge, whose rules and limits nobody goes round: it says one of the values in its header. How long that takes tells
 * nothing of a value to whoever has none.
 */
export const fromEdge = <Params, Body, Query>({
  originVerify,
}: Edge): MiddlewareObj<HttpEvent<Params, Body, Query>, ApiResult> => ({
  before({ event }) {
    if (originVerify === undefined) return;
    const said = sha256(utf8(event.headers[originVerifyHeader] ?? ""));
    if (originVerify.some((value) => sameCode(value, said))) return;
    throw new HttpProblem({ code: "not-permitted", detail: "Ask the API at its own name." });
  },
});
