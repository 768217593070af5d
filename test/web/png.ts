import { crc32, deflateSync, inflateSync } from "node:zlib";

const signatureBytes = 8;

interface Colour {
  readonly index: number;
  readonly rgb: readonly number[];
}

/**
 * The picture with at most 256 colours (PNG, third edition): each channel to its upper `bits`, few enough for a screenshot of text; what is left over to its
 * nearest. It reads what
 * Chromium writes, 8-bit RGB or RGBA without interlace, and drops transparency.
 */
export function withPalette(png: Buffer, bits = 5): Buffer {
  const chunks = chunksOf(png);
  const header = Buffer.from(chunks.find(({ type }) => type === "IHDR")?.content ?? []);
  const width = header.readUInt32BE(0);
  const pixelBytes = header[9] === 6 ? 4 : 3;
  const pixels = chunks.filter(({ type }) => type === "IDAT").map(({ content }) => content);
  const rows = unfiltered(inflateSync(Buffer.concat(pixels)), width * pixelBytes, pixelBytes);
  const colours = new Map<number, Colour>();
  const indexed = rows.map((row) => {
    const line = Buffer.alloc(1 + width);
    for (let x = 0; x < width; x++) {
      const rgb = [0, 1, 2].map((c) => row[x * pixelBytes + c] ?? 0);
      const key = rgb.reduce((sum, value) => (sum << bits) | (value >> (8 - bits)), 0);
      const known = colours.get(key) ?? fresh(colours, rgb);
      colours.set(key, known);
      line[1 + x] = known.index;
    }
    return line;
  });
  header[9] = 3;
  const palette = Buffer.alloc(3 * 256);
  for (const { index, rgb } of colours.values()) palette.set(rgb, 3 * index);
  return Buffer.concat([
    png.subarray(0, signatureBytes),
    chunk("IHDR", header),
    chunk("PLTE", palette),
    chunk("IDAT", deflateSync(Buffer.concat(indexed), { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A colour not met before: the next place of the palette, or the nearest one once it is full. */
function fresh(colours: ReadonlyMap<number, Colour>, rgb: readonly number[]): Colour {
  const { size } = new Set(Array.from(colours.values(), ({ index }) => index));
  if (size < 256) return { index: size, rgb };
  const distance = ({ rgb: other }: Colour) =>
    rgb.reduce((sum, value, c) => sum + (value - (other[c] ?? 0)) ** 2, 0);
  return Array.from(colours.values()).reduce((a, b) => (distance(b) < distance(a) ? b : a));
}

function chunksOf(png: Buffer): { readonly type: string; readonly content: Buffer }[] {
  const chunks = [];
  for (let at = signatureBytes; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const content = png.subarray(at + 8, at + 8 + length);
    chunks.push({ type: png.toString("latin1", at + 4, at + 8), content });
    at += 12 + length;
  }
  return chunks;
}

/** The rows with their filters undone (clause 9.2). */
function unfiltered(bytes: Buffer, rowBytes: number, pixelBytes: number): Buffer[] {
  const rows: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 1 + rowBytes) {
    const row = Buffer.from(bytes.subarray(at + 1, at + 1 + rowBytes));
    const above = rows.at(-1);
    for (let i = 0; i < rowBytes; i++) {
      const left = row[i - pixelBytes] ?? 0;
      const up = above?.[i] ?? 0;
      const corner = i < pixelBytes ? 0 : (above?.[i - pixelBytes] ?? 0);
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)];
      row[i] = (row[i] ?? 0) + (predicted[bytes[at] ?? 0] ?? 0);
    }
    rows.push(row);
  }
  return rows;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs);
  if ((a ?? 0) <= (b ?? 0) && (a ?? 0) <= (c ?? 0)) return left;
  return (b ?? 0) <= (c ?? 0) ? up : corner;
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
