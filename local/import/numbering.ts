/** Documents that are numbered: each takes some 200 bytes of memory. */
export const mostDocuments = 4_000_000;

/** Which revision of its document each is that a journal shows, from 1, as they come. */
export class Numbering {
  readonly #documents = new Map<string, { count: number; revision: bigint }>();

  get documents(): number {
    return this.#documents.size;
  }

  /** The number of the document's next revision; undefined where it is no later version than the one before. */
  next({ documentId, revision }: { documentId: string; revision: bigint }): bigint | undefined {
    const before = this.#documents.get(documentId);
    if (!before) {
      this.#documents.set(documentId, { count: 1, revision });
      return 1n;
    }
    if (revision <= before.revision) return undefined;
    before.count++;
    before.revision = revision;
    return BigInt(before.count);
  }
}
