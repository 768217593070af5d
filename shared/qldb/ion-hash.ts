import { type HasherProvider, makeHashReader } from "ion-hash-js";
import { dumpBinary, makeReader } from "ion-js";
import { concat } from "../base/bytes.ts";
import { sha256 } from "../base/sha256.ts";
import type { IonValue } from "./ion.ts";

/**
 * Ion Hash (amazon-ion specification) with SHA-256 of a *value*: 32 bytes, the same for text and binary and for any order of a
 * struct's fields, different for 1, 1.0, 1e0 and "1".
 */
export function ionHash(value: IonValue | string): Uint8Array {
  return ionHashOfBinary(dumpBinary(value));
}

/** {@link ionHash} of the one value in Ion binary. */
export function ionHashOfBinary(binary: Uint8Array): Uint8Array {
  const reader = makeHashReader(makeReader(binary), hasher);
  reader.next();
  reader.next();
  return reader.digest();
}

const hasher: HasherProvider = () => {
  let parts: Uint8Array[] = [];
  return {
    update: (bytes) => void parts.push(bytes.slice()),
    digest: () => {
      const digest = sha256(concat(...parts));
      parts = [];
      return digest;
    },
  };
};
