import { Aws } from "aws-cdk-lib";
import type { FunctionName } from "../functions/needs.ts";
import type { Settings } from "./settings.ts";

/** What the stacks know of each other: names that follow from the settings, so that neither waits for the other and each may lie in its own account. */
export class Names {
  readonly #settings: Settings;
  readonly #deployment: string;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#deployment = `countersign-${settings.stage}`;
  }

  /** What an account has one of: by stage and region, so that several deployments stand in one. */
  ours(what: string): string {
    return `${this.#deployment}-${what}-${this.#settings.region}`;
  }

  get platformAccount(): string {
    return this.#settings.accounts?.platform ?? Aws.ACCOUNT_ID;
  }

  get signerAccount(): string {
    return this.#settings.accounts?.signer ?? Aws.ACCOUNT_ID;
  }

  /** The account that runs a function. */
  accountOf(name: FunctionName): string {
    return name === "signer" ? this.signerAccount : this.platformAccount;
  }

  /** Names of roles count in all regions of an account. */
  role(name: FunctionName | "break-glass"): string {
    return this.ours(name);
  }

  roleArn(name: FunctionName | "break-glass"): string {
    const account = name === "break-glass" ? this.signerAccount : this.accountOf(name);
    return `arn:${Aws.PARTITION}:iam::${account}:role/${this.role(name)}`;
  }

  /** Names of buckets count everywhere. `of` is the account they lie in. */
  bucket(name: string, of: string, region = this.#settings.region): string {
    return `${this.#deployment}-${name}-${of}-${region}`;
  }

  /** The copy of what is published, in the region that may take over. */
  publishedCopy(region: string): string {
    return this.bucket("published", this.platformAccount, region);
  }

  get signerState(): string {
    return this.bucket("signer", this.signerAccount);
  }

  /** The first part of the sign-in domain: a name of all accounts in a region. */
  get signIn(): string {
    return `${this.#deployment}-${this.platformAccount}`;
  }

  /** What is one of a deployment at the edge, where deployments of all regions meet. */
  get edge(): string {
    return this.ours("edge");
  }

  /** The secret that the edge says to the functions, by its generation. */
  originVerify(generation: number): string {
    return `${this.#deployment}/origin-verify-${this.#settings.region}-${generation}`;
  }

  /** A FIFO queue by the job it wakes. */
  queue(job: "signer" | "publisher") {
    const name = `${this.#deployment}-to-${job}.fifo`;
    const account = this.accountOf(job);
    const { region } = this.#settings;
    return {
      name,
      arn: `arn:${Aws.PARTITION}:sqs:${region}:${account}:${name}`,
      url: `https://sqs.${region}.${Aws.URL_SUFFIX}/${account}/${name}`,
    };
  }

  /** The alias of a signing key: it stands in for the key's id, which nobody chooses. */
  signingKeyAlias(type: "ed25519" | "mldsa44", generation: number): string {
    return `alias/${this.#deployment}/${type}-${generation}`;
  }

  signingKeyArns(type: "ed25519" | "mldsa44"): readonly string[] {
    return this.#settings.signingKeys.map((generation) =>
      this.#aliasArn(this.signingKeyAlias(type, generation)),
    );
  }

  /** The key that closes the signer's store, by its alias, for the same reason. */
  get stateKeyAlias(): string {
    return `alias/${this.#deployment}/signer-state`;
  }

  get stateKeyArn(): string {
    return this.#aliasArn(this.stateKeyAlias);
  }

  #aliasArn(alias: string): string {
    return `arn:${Aws.PARTITION}:kms:${this.#settings.region}:${this.signerAccount}:${alias}`;
  }
}
