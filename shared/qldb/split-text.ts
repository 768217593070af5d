import { concat } from "../base/bytes.ts";
import { type IonPiece, type IonSplitter, ionLimits, MalformedAt } from "./ion-limits.ts";
import { TextScan } from "./text-scan.ts";

/**
 * Cuts Ion text (and JSON Lines, which is Ion text) into its top-level structs without reading them. A journal's file has nothing but structs at its top;
 * anything else is refused. Holds one value at a time.
 */
export class TextSplitter implements IonSplitter {
  readonly #scan = new TextScan();
  /** The bytes since the struct began, of chunks that are gone. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #startedAt = 0;
  #read = 0;

  push(chunk: Uint8Array): IonPiece[] {
    const pieces: IonPiece[] = [];
    let from = this.#scan.depth > 0 ? 0 : -1;
    for (let at = 0; at < chunk.length; at++) {
      const before = this.#scan.depth;
      this.#scan.take(chunk[at] ?? 0, this.#read + at);
      if (before === 0 && this.#scan.depth === 1) {
        from = at;
        this.#startedAt = this.#read + at;
      }
      if (before === 1 && this.#scan.depth === 0) {
        this.#hold(chunk.subarray(from, at + 1));
        pieces.push({ offset: this.#startedAt, bytes: concat(...this.#held) });
        this.#held = [];
        this.#heldBytes = 0;
        from = -1;
      }
    }
    this.#read += chunk.length;
    if (from >= 0) this.#hold(chunk.slice(from));
    return pieces;
  }

  end(): void {
    if (!this.#scan.isWhole) {
      throw new MalformedAt(this.#startedAt, "begins what doesn't end before the file does");
    }
  }

  #hold(bytes: Uint8Array): void {
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > ionLimits.valueBytes) {
      throw new MalformedAt(this.#startedAt, `is over ${ionLimits.valueBytes} bytes`);
    }
    this.#held.push(bytes);
  }
}
