import { parseJson } from "../../shared/api/json-text.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import type { Json } from "../../shared/base/canonical.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { ApiEvent } from "./event.ts";
import { HttpProblem } from "./http-problem.ts";

/** The largest body a request may have. */
export const maxBodyBytes = 65_536;

/** `application/json`, with no parameter but `charset=utf-8`. */
const jsonType = /^application\/json(\s*;\s*charset="?utf-8"?)?\s*$/i;

/** The JSON body of a request: 415 for another type, 413 above 64 KiB, 400 for anything {@link parseJson} refuses. */
export function readJsonBody(event: ApiEvent): Json {
  if (!jsonType.test(event.headers["content-type"] ?? "")) {
    throw new HttpProblem({ code: "unsupported-media-type" });
  }
  const bytes = bodyBytes(event);
  if (bytes.length > maxBodyBytes) {
    throw new HttpProblem({ code: "body-too-large", detail: `At most ${maxBodyBytes} bytes.` });
  }
  try {
    return parseJson(bytes, "body");
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const detail = `The ${error.message.replace(":", "")}.`;
    throw new HttpProblem({ code: "malformed-request", detail });
  }
}

function bodyBytes({ body = "", isBase64Encoded }: ApiEvent): Uint8Array {
  return isBase64Encoded ? new Uint8Array(Buffer.from(body, "base64")) : utf8(body);
}
