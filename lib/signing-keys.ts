import { CfnOutput } from "aws-cdk-lib";
import { Alias, Key, KeySpec, KeyUsage } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { DeploymentStack } from "./deployment-stack.ts";
import { signingKeyPolicy } from "./signing-key-policy.ts";

const specs = { ed25519: KeySpec.ECC_NIST_EDWARDS25519, mldsa44: KeySpec.ML_DSA_44 } as const;
const ids = { ed25519: "Ed25519", mldsa44: "MlDsa44" } as const;
type Type = keyof typeof specs;

/** The keys that sign checkpoints, a pair for each generation; they never leave KMS, and losing all of them ends every log of the deployment. */
export class SigningKeys extends Construct {
  /** ARNs in the order of the generations. */
  readonly ed25519: readonly string[];
  readonly mldsa44: readonly string[];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { signingKeys } = DeploymentStack.of(this).settings;
    this.ed25519 = signingKeys.map((generation) => this.#key("ed25519", generation));
    this.mldsa44 = signingKeys.map((generation) => this.#key("mldsa44", generation));
  }

  #key(type: Type, generation: number): string {
    const stack = DeploymentStack.of(this);
    const id = `${ids[type]}-${generation}`;
    const key = new Key(this, id, {
      description: `Countersign: signs checkpoints (${ids[type]}, RAW), generation ${generation}`,
      keySpec: specs[type],
      keyUsage: KeyUsage.SIGN_VERIFY,
      multiRegion: stack.settings.failoverRegion !== undefined,
      policy: signingKeyPolicy(stack, type),
      removalPolicy: stack.kept,
    });
    new Alias(this, `${id}-Alias`, {
      aliasName: stack.names.signingKeyAlias(type, generation),
      targetKey: key,
    });
    new CfnOutput(this, `${id}-Arn`, { value: key.keyArn });
    return key.keyArn;
  }
}
