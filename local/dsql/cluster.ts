import type { Certificate } from "../tls/certificate.ts";

/** Who may ask for a token: an IAM role and the secret of its access key. */
export interface Caller {
  readonly secret: string;
  readonly arn: string;
}

/** How often, in [0, 1), a transaction loses at its commit, by `seed`. */
export interface CommitFaults {
  readonly seed: string;
  readonly share: number;
}

/** What a stub of Aurora DSQL stands on. */
export interface DsqlOptions {
  /** `CLUSTER.dsql.REGION.on.aws`: what tokens are for. */
  readonly endpoint: string;
  /** The database behind it, as its superuser. */
  readonly databaseUrl: string;
  readonly certificate: Certificate;
  /** By access key. */
  readonly callers: Readonly<Record<string, Caller>>;
  readonly nowMs: () => number;
  /** What `AWS IAM GRANT` has granted before: IAM roles by database role. */
  readonly granted?: Readonly<Record<string, readonly string[]>>;
  readonly faults?: CommitFaults;
}

/** A connection that was let in; `closedMs` is not there while it is open. */
export interface Connection {
  readonly role: string;
  /** How old its token was. */
  readonly tokenAgeMs: number;
  readonly openedMs: number;
  closedMs?: number;
}

/** What connections of one cluster share. */
export interface Cluster extends DsqlOptions {
  readonly connections: Connection[];
  readonly grants: Map<string, Set<string>>;
  readonly ends: Set<() => void>;
  commits: number;
  lost: number;
}
