import { concat, equal } from "../base/bytes.ts";
import { type Head, headAt, type Span } from "./binary-head.ts";
import { walkBinary } from "./binary-walk.ts";
import {
  type IonPiece,
  type IonSplitter,
  ionLimits,
  MalformedAt,
  onlyStructs,
} from "./ion-limits.ts";

/** What Ion binary begins with. */
export const binaryMarker = Uint8Array.of(0xe0, 0x01, 0x00, 0xea);

/**
 * Cuts Ion binary into its top-level structs, each with the version marker and symbol tables it is read with. Looks at types and lengths only.
 * Holds one value and the tables in force.
 */
export class BinarySplitter implements IonSplitter {
  #rest: Uint8Array = new Uint8Array(0);
  /** Offset of the first byte of `#rest`. */
  #at = 0;
  #tables: readonly Uint8Array[] = [];

  push(chunk: Uint8Array): IonPiece[] {
    const bytes = this.#rest.length === 0 ? chunk : concat(this.#rest, chunk);
    const pieces: IonPiece[] = [];
    let at = 0;
    while (at < bytes.length) {
      const head = this.#head(bytes, at);
      if (head === undefined || head.end > bytes.length) break;
      this.#take(bytes.subarray(at, head.end), { ...head, offset: this.#at + at }, pieces);
      at = head.end;
    }
    this.#rest = bytes.slice(at);
    this.#at += at;
    return pieces;
  }

  end(): void {
    if (this.#rest.length > 0) {
      throw new MalformedAt(this.#at, "begins what doesn't end before the file does");
    }
  }

  #head(bytes: Uint8Array, at: number): Head | undefined {
    const offset = this.#at + at;
    if (bytes[at] === binaryMarker[0]) {
      return { type: 0xe, low: 0, start: at + 4, end: at + 4 };
    }
    const head = headAt(bytes, at, offset);
    if (head && head.end - at > ionLimits.valueBytes) {
      throw new MalformedAt(offset, `is over ${ionLimits.valueBytes} bytes`);
    }
    return head;
  }

  #take(bytes: Uint8Array, { type, low, offset }: Head & Span, pieces: IonPiece[]): void {
    const isPad = type === 0x0 && low !== 0xf;
    if (type === 0xe && low === 0) this.#begin(bytes, offset);
    else if (this.#tables.length === 0) throw new MalformedAt(offset, "is not Ion binary");
    else if (type === 0xe) this.#table(bytes, offset);
    else if (type === 0xd) {
      walkBinary(bytes, offset);
      pieces.push({ offset, bytes: concat(...this.#tables, bytes) });
    } else if (!isPad) throw new MalformedAt(offset, onlyStructs);
  }

  #begin(bytes: Uint8Array, offset: number): void {
    if (!equal(bytes, binaryMarker)) throw new MalformedAt(offset, "is no Ion 1.0 version marker");
    this.#tables = [binaryMarker];
  }

  /** An annotated value at the top: a symbol table that replaces those before, or adds to them, and nothing else. */
  #table(bytes: Uint8Array, offset: number): void {
    const { appends } = walkBinary(bytes, offset);
    if (appends === undefined) {
      throw new MalformedAt(offset, onlyStructs);
    }
    const kept = appends ? this.#tables : [binaryMarker];
    this.#tables = [...kept, bytes.slice()];
    if (this.#tables.reduce((sum, table) => sum + table.length, 0) > ionLimits.tableBytes) {
      throw new MalformedAt(offset, `makes symbol tables of over ${ionLimits.tableBytes} bytes`);
    }
  }
}
