import { Malformed } from "../base/malformed.ts";
import { parseVerifierKey } from "../log/key.ts";
import { type Finding, finding } from "./finding.ts";

/** The keys a log says it is or was signed with, by its genesis and each `keys.published`: they must include those the auditor trusts it by. */
export class NamedKeys {
  readonly #origin: string;
  readonly #trusted: readonly string[];
  readonly #signer: string;
  readonly #named = new Set<string>();
  #genesis: { readonly index: bigint; readonly file: string } | undefined;

  /** `trusted` are the verifier keys of the auditor's trust policy, undefined without one; `signer` is the name all keys of the log must bear. */
  constructor(origin: string, trusted: readonly string[] | undefined, signer = origin) {
    this.#origin = origin;
    this.#signer = signer;
    this.#trusted = trusted ?? [];
  }

  genesis(file: string, keys: readonly string[]): void {
    this.#genesis = { index: 0n, file };
    for (const key of keys) this.#named.add(key);
  }

  /** Throws Malformed where one is no verifier key of this log. */
  published(keys: readonly string[]): void {
    for (const key of keys) {
      if (parseVerifierKey(key, "keys").name !== this.#signer) {
        throw new Malformed("keys", "bear another log's name");
      }
      this.#named.add(key);
    }
  }

  /** A finding for each trusted key that no record names. */
  findings(): Finding[] {
    const at = this.#genesis;
    if (at === undefined) return [];
    return this.#trusted
      .filter((key) => !this.#named.has(key))
      .map((key) => {
        const expected = `a genesis or keys.published with the trusted key ${key}`;
        const found = `keys ${[...this.#named].join(" ")}`;
        return finding(this.#origin, "genesis-differs", at, expected, found);
      });
  }
}
