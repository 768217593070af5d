import { fromUtf8 } from "../base/bytes.ts";
import type { Json } from "../base/canonical.ts";
import { Malformed } from "../base/malformed.ts";

const maxDepth = 32;

/**
 * Reads a JSON body strictly: UTF-8 without a byte order mark, no name twice in an object (RFC 8259 §4 leaves that open, and
 * readers disagree), at most 32 levels, strings without NUL or lone surrogates, which no store or hash keeps, and without U+FFFD, which stands where a gateway on the way
 * found no UTF-8: what was meant is lost. Throws Malformed.
 */
export function parseJson(bytes: Uint8Array, where: string): Json {
  const text = fromUtf8(bytes, where);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new Malformed(where, "is not JSON");
  }
  requireOnce(text, where);
  return value;
}

/** Walks the tokens of valid JSON: each object's names are seen once, and every string can be kept. */
function requireOnce(text: string, where: string): void {
  const open: (Set<string> | undefined)[] = [];
  const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g;
  for (const [token, isName] of text.matchAll(tokens)) {
    if (token === "{" || token === "[") {
      open.push(token === "{" ? new Set() : undefined);
      if (open.length > maxDepth) throw new Malformed(where, `is deeper than ${maxDepth} levels`);
    } else if (token === "}" || token === "]") {
      open.pop();
    } else {
      const quoted = isName === undefined ? token : token.slice(0, -isName.length);
      requireName(
        JSON.parse(quoted) as string,
        isName === undefined ? undefined : open.at(-1),
        where,
      );
    }
  }
}

function requireName(text: string, names: Set<string> | undefined, where: string): void {
  if (!text.isWellFormed() || text.includes("\0")) {
    throw new Malformed(where, "has a string with a NUL or a lone surrogate");
  }
  if (text.includes("\ufffd")) {
    throw new Malformed(where, "has a string with U+FFFD, in place of what was not UTF-8");
  }
  if (names?.has(text)) throw new Malformed(where, "has an object with the same name twice");
  names?.add(text);
}
