/** A physical line without its line feed; null when it was longer than the bound and therefore not kept. */
export interface PhysicalLine {
  readonly number: number;
  readonly bytes: Buffer | null;
}

const lineFeed = 10;

/** Splits `chunks` at line feeds; the first line is 1. At most `maxBytes` of a line are ever held; a longer one comes out as null. */
export async function* physicalLines(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<PhysicalLine> {
  let number = 1;
  let held: Buffer[] = [];
  let length = 0;
  const keep = (piece: Buffer): void => {
    length += piece.length;
    if (length > maxBytes) held = [];
    else held.push(piece);
  };
  const take = (): PhysicalLine => {
    const line = { number, bytes: length > maxBytes ? null : Buffer.concat(held) };
    number += 1;
    held = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      keep(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    if (start < chunk.length) keep(chunk.subarray(start));
  }
  if (length > 0) yield take();
}
