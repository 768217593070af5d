import { Malformed } from "../base/malformed.ts";

/** What a reader of Ion from elsewhere takes. A block of the service is below 4 MB of binary Ion, a document's names below 128 KB. */
export const ionLimits = {
  /** Lists, structs and s-expressions in one another. */
  depth: 100,
  /** One top-level value with the symbols it is read with. */
  valueBytes: 32 * 1024 * 1024,
  /** One symbol, or one entry of a symbol table. */
  symbolBytes: 128 * 1024,
  /** All symbol tables in force at one place. */
  tableBytes: 4 * 1024 * 1024,
} as const;

/** What is wrong with any other value at the top of a journal's file. */
export const onlyStructs = "is no struct, and nothing else stands at the top of a journal";

/** Malformed at an offset of a file, counted in bytes from 0. */
export class MalformedAt extends Malformed {
  readonly offset: number;
  constructor(offset: number, problem: string) {
    super(`byte ${offset}`, problem);
    this.offset = offset;
  }
}

/** One top-level value: an Ion stream of its own, and where the value begins in the file. */
export interface IonPiece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Cuts a stream of bytes, given chunk by chunk, into its top-level structs. Throws MalformedAt. */
export interface IonSplitter {
  push(chunk: Uint8Array): IonPiece[];
  /** Throws MalformedAt where the last value is not whole. */
  end(): void;
}
