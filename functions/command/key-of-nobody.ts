import type { PersonKeys } from "./person-keys.ts";

/** No handle is this: 128 random bits never come out so. */
const nobody = "0".repeat(32);

/** A data key that the insurer has for nobody, for codes that no erasure is to break; made where there is none. Throws Unavailable. */
export const keyOfNobody = (
  keys: Pick<PersonKeys, "obtain">,
  insurer: string,
): Promise<Uint8Array> => keys.obtain({ insurer, person: nobody, class: "identity-and-health" });
