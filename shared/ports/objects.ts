/** An object's bytes and the tag that names this version of them. */
export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly tag: string;
}

/**
 * A bucket or a folder. Keys are `/`-separated, each part `[A-Za-z0-9._+-]+`, never `.` or `..`, at most 512 characters.
 * Every write is durable once its promise resolves; an outage throws {@link Unavailable}, and then the write may or may not have happened.
 */
export interface ObjectStore {
  get(key: string): Promise<StoredObject | undefined>;
  /** Writes only where nothing is: "exists" leaves the old bytes alone, whatever they are. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<"stored" | "exists">;
  /** Compare-and-swap: writes only while the current tag is `held` (undefined: while absent). */
  replace(key: string, bytes: Uint8Array, held: string | undefined): Promise<"stored" | "changed">;
  /** All keys under `prefix`, sorted by code point. */
  list(prefix: string): AsyncIterable<string>;
  /** Removes the object; absent is fine. Only stores that may forget (sealed payloads, wrapped keys, partial tiles) are given this. */
  delete(key: string): Promise<void>;
}
