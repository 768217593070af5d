/** Hashes of 32 bytes, one after another in one block of memory. */
export class Hashes {
  #bytes = new Uint8Array(32 * 64);
  length = 0;

  push(hash: Uint8Array): void {
    if (this.#bytes.length === 32 * this.length) {
      const grown = new Uint8Array(2 * this.#bytes.length);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(hash, 32 * this.length);
    this.length++;
  }

  at(index: number): Uint8Array | undefined {
    return index < this.length ? this.#bytes.slice(32 * index, 32 * index + 32) : undefined;
  }
}
