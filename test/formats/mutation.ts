import fc from "fast-check";
import { concat } from "../../shared/base/bytes.ts";

/** What can happen to bytes on their way: to one of them, to a few in a row, or to whole lines. */
const kinds = [
  "flip",
  "borrow",
  "insert",
  "delete",
  "duplicate",
  "swap bytes",
  "swap lines",
  "double line",
  "drop line",
] as const;

/** One change; `at` and `other` are places, from the end where negative, `some` how many bytes, `bits` is never 0. */
export interface Mutation {
  readonly kind: (typeof kinds)[number];
  readonly at: number;
  readonly other: number;
  readonly some: number;
  readonly bits: number;
}

/** Anywhere, and often enough among the last bytes. */
const place = fc.oneof(
  { arbitrary: fc.nat(1_000_000), weight: 4 },
  { arbitrary: fc.integer({ min: -3, max: -1 }), weight: 1 },
);

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom(...kinds),
  at: place,
  other: place,
  some: fc.integer({ min: 1, max: 45 }),
  bits: fc.oneof(fc.constantFrom(1, 2, 4, 8, 16, 32, 64, 128), fc.integer({ min: 1, max: 255 })),
});

/** `bytes`, at least one, after `change`: often, but not always, other bytes. */
export function mutated(bytes: Uint8Array, { kind, some, bits, ...places }: Mutation): Uint8Array {
  const [at, other] = [placeIn(bytes, places.at), placeIn(bytes, places.other)];
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  const [here = 0, there = 0] = [bytes[at], bytes[other]];
  switch (kind) {
    case "flip":
      return bytes.with(at, here ^ bits);
    case "borrow":
      return bytes.with(at, there);
    case "insert":
      return concat(before, Uint8Array.of(some % 2 ? there : bits), after);
    case "delete":
      return concat(before, bytes.subarray(at + some));
    case "duplicate":
      return concat(before, bytes.subarray(at, at + some), after);
    case "swap bytes":
      return bytes.with(at, there).with(other, here);
    default:
      return ofLines(bytes, (lines) => {
        const [i, j] = [placeIn(lines, places.at), placeIn(lines, places.other)];
        const [line = bytes, second = bytes] = [lines[i], lines[j]];
        if (kind === "swap lines") return lines.with(i, second).with(j, line);
        return lines.toSpliced(
          j,
          kind === "drop line" ? 1 : 0,
          ...(kind === "double line" ? [line] : []),
        );
      });
  }
}

const placeIn = ({ length }: ArrayLike<unknown>, at: number): number =>
  ((at % length) + length) % length;

/** The lines of `bytes`, each with its newline, changed. */
function ofLines(bytes: Uint8Array, change: (lines: Uint8Array[]) => Uint8Array[]): Uint8Array {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
  return concat(...change(lines));
}
