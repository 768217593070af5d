import { dot } from "../../shared/qldb/dot.ts";
import { Hashes } from "./hashes.ts";

/** The journal's block hashes as a tree that answers for every earlier tip too: complete subtrees are kept, some 64 bytes a block, the rest is joined. */
export class DigestTree {
  readonly #levels: Hashes[] = [];

  get size(): number {
    return this.#level(0).length;
  }

  append(blockHash: Uint8Array): void {
    let hash = blockHash;
    for (let height = 0; ; height++) {
      const level = this.#level(height);
      level.push(hash);
      if (level.length % 2 === 1) return;
      hash = dot(this.#complete(height, level.length - 2), hash);
    }
  }

  /** The digest over the first `size` blocks. */
  root(size: number): Uint8Array {
    return this.#range(0, size);
  }

  /** Siblings of block `index` among the first `size` blocks, leaf to root. */
  path(index: number, size: number): Uint8Array[] {
    const path: Uint8Array[] = [];
    let [start, end] = [0, size];
    while (end - start > 1) {
      const middle = start + largestPowerBelow(end - start);
      const left = index < middle;
      path.push(left ? this.#range(middle, end) : this.#range(start, middle));
      [start, end] = left ? [start, middle] : [middle, end];
    }
    return path.reverse();
  }

  #range(start: number, end: number): Uint8Array {
    const width = end - start;
    if (width <= 0) return new Uint8Array(0);
    const height = Math.log2(width);
    if (Number.isInteger(height)) return this.#complete(height, start / width);
    const middle = start + largestPowerBelow(width);
    return dot(this.#range(start, middle), this.#range(middle, end));
  }

  #complete(height: number, index: number): Uint8Array {
    const hash = this.#level(height).at(index);
    if (hash === undefined) throw new Error(`bug: no subtree ${index} of height ${height}`);
    return hash;
  }

  #level(height: number): Hashes {
    let level = this.#levels[height];
    if (level === undefined) {
      level = new Hashes();
      this.#levels[height] = level;
    }
    return level;
  }
}

const largestPowerBelow = (width: number): number => 2 ** Math.ceil(Math.log2(width) - 1);
