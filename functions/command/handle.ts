import { toHex } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";

/** A new pseudonym: 128 random bits. */
export const newHandle = (random: (bytes: number) => Uint8Array): Handle => toHex(random(16));
