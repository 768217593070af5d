import { createHash, createHmac } from "node:crypto";

/**
 * SHA-256, or HMAC-SHA256 under a secret, as the SDK's signer asks for it. Bundles have it in place of `@smithy/core/checksum` (functions/bundle.ts), whose class
 * stands by with an implementation in JavaScript.
 */
export class Sha256 {
  readonly #secret: string | ArrayBuffer | ArrayBufferView | undefined;
  #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret;
    this.#hash = begun(secret);
  }
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }
  reset(): void {
    this.#hash = begun(this.#secret);
  }
}

const begun = (secret?: string | ArrayBuffer | ArrayBufferView) =>
  secret === undefined
    ? createHash("sha256")
    : createHmac("sha256", typeof secret === "string" ? secret : bytesOf(secret));

const bytesOf = (from: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(from)
    ? new Uint8Array(from.buffer, from.byteOffset, from.byteLength)
    : new Uint8Array(from);
