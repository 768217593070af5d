/** Most bytes of entry bundles that are kept between their two readings: 65,536 entries of 1 KiB. */
export const mostKeptBytes = 2 ** 26;

/**
 * Entry bundles between their two readings: an audit first reads what a log erases, from all its entries, and then judges these. What is kept
 * is handed out once and forgotten; beyond `mostBytes` nothing more is kept, and is read again.
 */
export class KeptBundles {
  readonly #kept = new Map<string, Uint8Array>();
  #left: number;

  constructor(mostBytes = mostKeptBytes) {
    this.#left = mostBytes;
  }

  keep(path: string, bytes: Uint8Array): void {
    if (bytes.length > this.#left || this.#kept.has(path)) return;
    this.#kept.set(path, bytes);
    this.#left -= bytes.length;
  }

  take(path: string): Uint8Array | undefined {
    const bytes = this.#kept.get(path);
    if (!bytes) return undefined;
    this.#kept.delete(path);
    this.#left += bytes.length;
    return bytes;
  }
}
