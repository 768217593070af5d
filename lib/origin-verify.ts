import { RemovalPolicy } from "aws-cdk-lib";
import type { Key } from "aws-cdk-lib/aws-kms";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { acknowledgeUnrotated } from "./acknowledge.ts";
import { DeploymentStack } from "./deployment-stack.ts";
import { edgeRegion } from "./edge-region.ts";

/**
 * What the edge says to the functions in a header of its own: a secret for each generation, of which AWS makes the value, so that it stands in no template. The
 * edge, which may lie in another region, reads a copy there by its name.
 */
export class OriginVerify extends Construct {
  /** The values that the functions take, as their variable says them. */
  readonly accepted: string;

  constructor(scope: Construct, id: string, encryptionKey: Key) {
    super(scope, id);
    const { names, settings } = DeploymentStack.of(this);
    const secrets = settings.originVerify.map((generation) => {
      const secret = new Secret(this, `Value-${generation}`, {
        secretName: names.originVerify(generation),
        encryptionKey,
        description: `Countersign: what the edge says to the API, generation ${generation}`,
        generateSecretString: { passwordLength: 64, excludePunctuation: true },
        replicaRegions: settings.region === edgeRegion ? [] : [{ region: edgeRegion }],
        removalPolicy: RemovalPolicy.DESTROY,
      });
      acknowledgeUnrotated(secret, rotated);
      return secret;
    });
    this.accepted = secrets.map(({ secretValue }) => secretValue.unsafeUnwrap()).join(",");
  }
}

const rotated =
  "A new generation replaces it (-c originVerify), for functions have to take the new value before the edge says it.";
