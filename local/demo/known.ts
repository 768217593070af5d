import { assert } from "../../shared/base/malformed.ts";

/** What `map` says of `key`: a task names everybody it needs. */
export const known = <Value>(map: ReadonlyMap<string, Value>, key: string): Value => {
  const found = map.get(key);
  assert(found !== undefined, "the stage was set for every claim");
  return found;
};
