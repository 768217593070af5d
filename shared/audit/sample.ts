import { concat, utf8 } from "../base/bytes.ts";
import { assert } from "../base/malformed.ts";
import { sha256 } from "../base/sha256.ts";
import { type Checkpoint, formatCheckpoint } from "../log/checkpoint.ts";

const purpose = "countersign-sample/v1\n";

/**
 * `count` different numbers of 0 to `population` − 1, all choices equally likely, ascending; all of them where there are no more. They follow
 * from `seed`, a checkpoint signed after the period, and `salt`, words of the auditor's own (docs/auditing.md): SHA-256 over purpose, the
 * checkpoint's text and the salt gives a key, SHA-256 of the key and a counter gives 64-bit numbers; those that would favour small ones are
 * thrown away; each moves one number to the front (Fisher and Yates).
 */
export function drawSample(
  seed: Checkpoint,
  salt: string,
  population: number,
  count: number,
): number[] {
  assert(population <= 2 ** 32 && count >= 0, "a population fits in memory");
  const key = sha256(utf8(`${purpose}${formatCheckpoint(seed)}${salt}`));
  const numbers = Array.from({ length: population }, (_, number) => number);
  const draw = drawer(key);
  const size = Math.min(count, population);
  for (let at = 0; at < size; at++) {
    const other = at + draw(population - at);
    [numbers[at], numbers[other]] = [numbers[other] ?? 0, numbers[at] ?? 0];
  }
  return numbers.slice(0, size).sort((a, b) => a - b);
}

const span = 1n << 64n;

/** Gives numbers of 0 to n − 1; each comes from the next counter that is not thrown away. */
function drawer(key: Uint8Array): (n: number) => number {
  let counter = 0n;
  return (n) => {
    const fair = span - (span % BigInt(n));
    for (;;) {
      const block = sha256(concat(key, uint64(counter++)));
      const number = new DataView(block.buffer, block.byteOffset).getBigUint64(0);
      if (number < fair) return Number(number % BigInt(n));
    }
  };
}

function uint64(number: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, number);
  return bytes;
}
