import { Malformed } from "../../shared/base/malformed.ts";

/** Work on many things, of which one that somebody changed holds up no other. */
export class PassedOver {
  #first: Malformed | undefined;

  /** What `work` gives; undefined where it throws Malformed, which is kept. */
  async over<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#first ??= error;
      return undefined;
    }
  }

  /** Throws the first that was kept. */
  throwFirst(): void {
    if (this.#first) throw this.#first;
  }
}
