import { isIonBinary } from "./ion-bounds.ts";
import type { IonPiece } from "./ion-limits.ts";
import { BinarySplitter } from "./split-binary.ts";
import { TextSplitter } from "./split-text.ts";

/**
 * The top-level structs of a file of Ion text, Ion binary or JSON Lines, one after another; `chunks` are its bytes, in pieces of any size from four on.
 * Keeps one value at a time. Throws MalformedAt, with the offset in the file.
 */
export function* splitIon(chunks: Iterable<Uint8Array>): Generator<IonPiece> {
  let splitter: BinarySplitter | TextSplitter | undefined;
  for (const chunk of chunks) {
    splitter ??= isIonBinary(chunk) ? new BinarySplitter() : new TextSplitter();
    yield* splitter.push(chunk);
  }
  splitter?.end();
}
