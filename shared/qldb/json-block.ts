import { toBase64 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { type Block, type BlockFault, parseBlock, verifyBlock } from "./block.ts";
import { field, type IonValue, ionList, ionString, ionText, readIon, structFields } from "./ion.ts";
import { readHash } from "./saved-digest.ts";

/** A block of a JSON export: what can be held against it, and what could not be checked because JSON lost types. */
export interface JsonBlock {
  readonly block: Block;
  readonly faults: readonly BlockFault[];
  /** Faults that an honest block shows, too, once it is JSON. */
  readonly unchecked: readonly BlockFault[];
}

/** What needs the types that JSON lost. */
const needTypes: ReadonlySet<BlockFault> = new Set([
  "revision-hash",
  "transaction-info-not-in-entries",
  "redaction-info-not-in-entries",
  "statement-digest",
]);

/**
 * Reads a block of a JSON export. Chain, entries, block hash and what agrees with what are checked as in Ion. For a revision and transactionInfo the Ion value
 * is guessed: numbers as written, strings as strings or, in a second try, as timestamps. A guess whose hash is right is the value; any other says
 * nothing. Throws Malformed.
 */
export function readJsonBlock(source: string | Uint8Array): JsonBlock {
  const value = readIon(source, "block");
  const tries = [false, true].map((timestamps) => {
    const block = parseBlock(retyped(value, timestamps));
    return { block, found: verifyBlock(block) };
  });
  const best = tries.reduce((one, two) => (two.found.length < one.found.length ? two : one));
  return {
    block: best.block,
    faults: best.found.filter((fault) => !needTypes.has(fault)),
    unchecked: best.found.filter((fault) => needTypes.has(fault)),
  };
}

function retyped(block: IonValue, timestamps: boolean): IonValue {
  const fields = structFields(block, "block");
  const parts: string[] = [];
  for (const [name, value] of fields) {
    if (name === "revisions")
      parts.push(`revisions:[${each(value, (one) => revision(one, timestamps))}]`);
    else if (name === "transactionInfo") parts.push(`${name}:${transactionInfo(value)}`);
    else if (name === "entriesHashList") parts.push(`${name}:[${each(value, blob)}]`);
    else if (/Hash$/.test(name)) parts.push(`${name}:${blob(value)}`);
    else parts.push(`${ionText(name)}:${ionText(value)}`);
  }
  return readIon(`{${parts.join(",")}}`, "block");
}

const each = (list: IonValue, write: (value: IonValue) => string): string =>
  ionList(list, "block").map(write).join(",");

function blob(value: IonValue): string {
  // The first block follows none.
  if (ionString(value, "hash") === "") return "{{}}";
  return `{{${toBase64(readHash(value, "hash"))}}}`;
}

function revision(value: IonValue, timestamps: boolean): string {
  const parts: string[] = [];
  for (const [name, part] of structFields(value, "block.revisions")) {
    if (name === "hash" || name === "dataHash") parts.push(`${name}:${blob(part)}`);
    else if (name === "metadata") parts.push(`${name}:${metadata(part)}`);
    else if (name === "data" && timestamps) parts.push(`${name}:${withTimestamps(ionText(part))}`);
    else parts.push(`${ionText(name)}:${ionText(part)}`);
  }
  return `{${parts.join(",")}}`;
}

function metadata(value: IonValue): string {
  const fields = structFields(value, "block.revisions.metadata");
  const [id, version, txTime, txId] = ["id", "version", "txTime", "txId"].map((name) =>
    field(fields, name, "block.revisions.metadata"),
  ) as [IonValue, IonValue, IonValue, IonValue];
  return `{id:${ionText(id)},version:${ionText(version)},txTime:${time(txTime)},txId:${ionText(txId)}}`;
}

function transactionInfo(value: IonValue): string {
  const parts: string[] = [];
  for (const [name, part] of structFields(value, "block.transactionInfo")) {
    if (name === "statements") parts.push(`${name}:[${each(part, statement)}]`);
    else parts.push(`${ionText(name)}:${ionText(part)}`);
  }
  return `{${parts.join(",")}}`;
}

function statement(value: IonValue): string {
  const parts: string[] = [];
  for (const [name, part] of structFields(value, "block.transactionInfo.statements")) {
    if (name === "startTime") parts.push(`${name}:${time(part)}`);
    else if (name === "statementDigest") parts.push(`${name}:${blob(part)}`);
    else parts.push(`${ionText(name)}:${ionText(part)}`);
  }
  return `{${parts.join(",")}}`;
}

const timestamp = String.raw`\d{4}-\d{2}-\d{2}(?:T(?:\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?)?`;

function time(value: IonValue): string {
  const text = ionString(value, "time");
  if (!new RegExp(`^${timestamp}$`).test(text)) throw new Malformed("time", "is no timestamp");
  return text;
}

/** Ion text in which every string that reads as a timestamp is one. */
const withTimestamps = (text: string): string =>
  text.replaceAll(
    new RegExp(`(?<=[:\\[,])"(${timestamp}|\\d{4}-\\d{2}T|\\d{4}T)"(?=[,}\\]])`, "g"),
    "$1",
  );
