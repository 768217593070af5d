import { Duration } from "aws-cdk-lib";
import { Key } from "aws-cdk-lib/aws-kms";
import { type Bucket, BucketEncryption, type BucketProps } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { Buckets, type Exceptions } from "./buckets.ts";
import { admitCdn, denyEntries } from "./cdn-access.ts";
import { DeploymentStack } from "./deployment-stack.ts";
import { publishedCopy } from "./published-copy.ts";
import { putOnceOnly } from "./put-once.ts";

/** The platform's buckets. */
export class Stores extends Construct {
  /**
   * Full tiles and bundles, notes, packs and daily edges: versioned and locked, so that nobody takes back what a reader may have seen; put only where
   * nothing is, and never deleted, by anybody.
   */
  readonly published: Bucket;
  /** The newest checkpoint, and partial tiles and bundles, which full ones replace: all can be made again from the others and the database. */
  readonly live: Bucket;
  /** Ciphertexts, so that the database can be rebuilt: unlocked and unversioned, for erasure deletes them. */
  readonly sealed: Bucket;
  /** Documents of claims: unversioned, for erasure deletes them; what was uploaded lies under `incoming/` for a day, what was confirmed is copied from there. */
  readonly evidence: Bucket;
  /** Wrapped data keys: a store of their own, unversioned, for a deleted key must be gone. */
  readonly wrappedKeys: Bucket;
  /** Exports that auditors asked for, and the last verdict on each log: unlocked and unversioned, for exports are thrown away after a week. */
  readonly auditing: Bucket;
  /** What insurers asked for as jobs: uploads of policies under `incoming/`, progress and results; unlocked and unversioned, for all of it is thrown away. */
  readonly jobs: Bucket;

  /** Closes the private ones, and the secrets. */
  readonly objectsKey: Key;
  /** Payment files under `out/`, which the bank fetches, and its messages under `in/`, which it leaves; what can't be read of them under `unreadable/`. */
  readonly bank: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { kept, names } = DeploymentStack.of(this);
    const buckets = new Buckets(this, "Buckets");
    this.objectsKey = new Key(this, "ObjectsKey", {
      description: "Countersign: closes private objects",
      enableKeyRotation: true,
      removalPolicy: kept,
    });
    const open = (name: string, props: BucketProps, exceptions: Exceptions) => {
      const bucketName = names.bucket(name.toLowerCase(), names.platformAccount);
      const encryption = BucketEncryption.S3_MANAGED;
      return buckets.add(
        name,
        { bucketName, encryption, ...props },
        { ...exceptions, s3Managed: "What lies in it is published for anyone." },
      );
    };
    const closed = (name: string, unversioned: string, props: BucketProps = {}) =>
      buckets.add(
        name,
        { encryptionKey: this.objectsKey, bucketKeyEnabled: true, ...props },
        { unversioned },
      );
    const copy = publishedCopy(this);
    this.published = open(
      "Published",
      { ...buckets.locked(), ...copy?.props },
      copy ? {} : { uncopied: "No -c failoverRegion says where a copy should lie." },
    );
    copy?.admit(this.published);
    putOnceOnly(this.published);
    this.live = open(
      "Live",
      {},
      { unversioned: "All of it is made again from the locked bucket and the database." },
    );
    for (const bucket of [this.published, this.live]) {
      admitCdn(bucket);
      denyEntries(bucket);
    }
    this.sealed = closed("Sealed", erasable);
    this.evidence = closed("Evidence", erasable, {
      lifecycleRules: [{ prefix: "incoming/", expiration: Duration.days(1) }],
    });
    this.wrappedKeys = closed("WrappedKeys", erasable);
    const expiration = Duration.days(8);
    this.auditing = closed("Auditing", passing, {
      lifecycleRules: ["files/", "jobs/"].map((prefix) => ({ prefix, expiration })),
    });
    this.bank = closed("Bank", passing, {
      lifecycleRules: [
        { prefix: "out/", expiration: Duration.days(30) },
        { prefix: "unreadable/", expiration: Duration.days(90) },
      ],
    });
    this.jobs = closed("Jobs", passing, {
      lifecycleRules: [
        { prefix: "incoming/", expiration: Duration.days(1) },
        { prefix: "imports/", expiration },
        { prefix: "shadows/", expiration },
      ],
    });
  }
}

const erasable = "What is erased must be gone, so no version of it stays (ADR 12).";
const passing =
  "What lies in it passes: it is thrown away after days, and erased before that (ADR 12).";
