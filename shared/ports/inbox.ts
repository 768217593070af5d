import type { ObjectStore } from "./objects.ts";

/** A folder or a bucket where somebody else leaves objects for us, which may be large: they are read as their bytes come. A key is whatever they called it, at most 1,024 bytes. Throws Unavailable. */
export interface Inbox extends Pick<ObjectStore, "list" | "delete"> {
  /** The object's bytes from its beginning; undefined where there is none. */
  stream(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Moves the object out of the inbox, where nobody deletes it; absent is fine. */
  setAside(key: string): Promise<void>;
}
