import { describe, expect, test } from "@jest/globals";
import { closeFor, newAuditorKey, openWith } from "../../functions/auditor/envelope.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";

describe("a closed openings file", () => {
  test("opens to its bytes; with one bit changed, wherever, it is Malformed", async () => {
    const key = await newAuditorKey();
    const text = utf8('{"index":"1"}\n');
    const closed = await closeFor(key.public, text);
    expect(await openWith(key.private, closed)).toEqual(text);
    for (let at = 0; at < closed.length; at++) {
      const changed = Uint8Array.from(closed);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      await expect(openWith(key.private, changed)).rejects.toThrow(Malformed);
    }
  });
});
