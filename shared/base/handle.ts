import { Malformed } from "./malformed.ts";

/** A pseudonym of a stream or person: 128 random bits as 32 lower-case hex digits. It is also the id callers see. */
export type Handle = string;

/** Reads a handle; throws Malformed on any other text. */
export function parseHandle(text: string, where: string): Handle {
  if (!/^[0-9a-f]{32}$/.test(text)) throw new Malformed(where, "is not 32 lower-case hex digits");
  return text;
}
