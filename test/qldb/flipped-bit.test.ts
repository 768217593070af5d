import { expect, test } from "@jest/globals";
import { equal, fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { auditOf, ourJournal } from "./our-journal.ts";

/* One bit of a journal flipped, its manifest made to fit: the audit finds it, or nothing of QLDB's scheme covers it and it is listed here. */
const text = `${ourJournal().join("\n")}\n`;
const whole = utf8(text);

/** What neither a hash, the chain, the strand nor a document says, by block and field; and of a blob in base64 the bits that mean nothing. */
const unprotected = [
  ...["0 transactionId", "1 transactionId"],
  ...["0 blockTimestamp", "1 blockTimestamp", "2 blockTimestamp", "3 blockTimestamp"],
  "padding",
];

/** Which block's field the byte at `at` belongs to, name and punctuation with it; "padding" for the last character of a blob. */
function partAt(at: number): string {
  if (text[at + 1] === "=" && text[at] !== "=") return "padding";
  const block = text.slice(0, at).split("\n").length - 1;
  const begin = text.lastIndexOf("\n", at - 1) + 1;
  const line = text
    .slice(begin)
    .replace(/"(\\.|[^"\\\n])*"/g, (quoted) => "_".repeat(quoted.length));
  let depth = 0;
  let start = begin;
  for (let i = 0; begin + i <= at; i++) {
    if ("{[".includes(line[i] ?? "")) depth++;
    if ("}]".includes(line[i] ?? "")) depth--;
    if ((i === 0 || line[i] === ",") && depth === 1) start = begin + i + 1;
  }
  return `${block} ${/^\w*/.exec(text.slice(start))?.[0]}`;
}

const flipped = (at: number, bit: number): Uint8Array =>
  whole.with(at, (whole[at] ?? 0) ^ (1 << bit));

const intact = await auditOf(whole);

async function isSeen(at: number, bit: number): Promise<boolean> {
  const found = await auditOf(flipped(at, bit));
  return found.codes.length > 0 || !equal(found.journal.root, intact.journal.root);
}

test.each(unprotected)("a bit of %s can be flipped unseen", async (part) => {
  const places = Array.from(whole.keys()).filter((at) => partAt(at) === part);
  for (const at of places.toReversed()) if (!(await isSeen(at, 0))) return;
  throw new Error(`${part} is protected: take it off the list`);
});

test("a bit of anything else is found, wherever it is flipped", async () => {
  const parts = new Set<string>();
  const seed = 4_711;
  for (let n = 0; n < 160; n++) {
    // 1,009 is prime, so that no byte comes twice.
    const at = (seed + n * 1_009) % whole.length;
    const part = partAt(at);
    if (unprotected.includes(part)) continue;
    parts.add(part);
    expect({ part, at, seen: await isSeen(at, n % 7) }).toEqual({ part, at, seen: true });
  }
  expect(fromUtf8(whole)).toBe(text);
  expect([...parts]).toEqual(
    expect.arrayContaining([
      "3 entriesHashList",
      "3 transactionInfo",
      "3 revisions",
      "2 revisions",
    ]),
  );
});
