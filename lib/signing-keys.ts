import { CfnOutput, RemovalPolicy } from "aws-cdk-lib";
import { Key, KeySpec, KeyUsage } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import type { Generations } from "../shared/base/generations.ts";

/** The keys that sign checkpoints, a pair for each generation; they never leave KMS, and losing all of them ends every log of the deployment. */
export class SigningKeys extends Construct {
  /** ARNs in the order of the generations. */
  readonly ed25519: readonly string[];
  readonly mldsa44: readonly string[];

  constructor(scope: Construct, id: string, generations: Generations) {
    super(scope, id);
    this.ed25519 = generations.map((n) => this.#key("Ed25519", n, KeySpec.ECC_NIST_EDWARDS25519));
    this.mldsa44 = generations.map((n) => this.#key("MlDsa44", n, KeySpec.ML_DSA_44));
  }

  #key(type: string, generation: number, keySpec: KeySpec): string {
    const { keyArn } = new Key(this, `${type}-${generation}`, {
      description: `Countersign: signs checkpoints (${type}, RAW), generation ${generation}`,
      keySpec,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    new CfnOutput(this, `${type}-${generation}-Arn`, { value: keyArn });
    return keyArn;
  }
}
