import type { Node } from "constructs";
import type { Generations } from "../shared/base/generations.ts";
import * as read from "./context.ts";

/** The two engines behind the ledger port. */
export type Ledger = ReturnType<typeof read.ledger>;

/** `dev` may be destroyed, `prod` keeps what it wrote for years. */
export const stages = ["dev", "prod"] as const;
export type Stage = (typeof stages)[number];

/** The signer's own account; both numbers are known before the first deploy, the cluster's id when the platform is there. */
export interface SignerAccount {
  readonly platform: string;
  readonly signer: string;
  readonly cluster: string | undefined;
}

/** A name for everybody, and one by which the edge alone asks the API; each with the ARN of its certificate. */
export interface Domain {
  readonly name: string;
  readonly certificate: string;
  readonly origin: string;
  readonly originCertificate: string;
}

/** Two-letter codes of countries, and whether these alone are served or all others. */
export interface Countries {
  readonly served: boolean;
  readonly codes: readonly string[];
}

/** What `-c name=value` may say. */
export interface Settings {
  readonly stage: Stage;
  /** Years that nobody can shorten what is published; undefined in dev, where it is a day that an administrator can. */
  readonly retentionYears: number | undefined;
  readonly ledger: Ledger;
  readonly region: string;
  /** Where keys of the deployment can also be used. */
  readonly failoverRegion: string | undefined;
  readonly accounts: SignerAccount | undefined;
  /** The names of edge and API; undefined: those that AWS gives. */
  readonly domain: Domain | undefined;
  /** The countries that the edge serves, or that it does not, by ISO 3166-1. */
  readonly countries: Countries;
  /** The generations of what the edge says to the functions: one, or two while it is replaced (docs/operating.md). */
  readonly originVerify: Generations;
  /** First part of every log's origin; fixed by the first record of each log, so never changed after the first deploy. */
  readonly originPrefix: string;
  /** Where the identity provider sends people back to. */
  readonly callbackUrl: string;
  /** The generations of signing keys in use: one, or two while keys are replaced (docs/operating.md). */
  readonly signingKeys: Generations;
  /** Who must cosign each checkpoint before it is shown: witness, group and quorum lines of a trust policy. */
  readonly witnessPolicy: string;
  /** Where the screening provider is asked; `none`: payouts wait as proposed. */
  readonly screeningUrl: string;
  /** Whom alarms are mailed to. */
  readonly alarmEmail: string | undefined;
}

const example = {
  originPrefix: "countersign.example",
  callbackUrl: "https://countersign.example/",
};

/** Reads the settings from CDK context. Throws BadSetting. */
export function readSettings(node: Node): Settings {
  read.refuseUnknown(node);
  const stage = read.oneOf(node, "stage", stages, "dev");
  const region = read.region(node, "region") ?? "us-east-1";
  return {
    stage,
    region,
    retentionYears: read.retentionYears(node, stage),
    ledger: read.ledger(node),
    failoverRegion: read.otherRegion(node, "failoverRegion", region),
    accounts: read.accounts(node),
    domain: read.domain(node, region),
    countries: read.countries(node),
    originVerify: read.generations(node, "originVerify", "the edge's value is replaced"),
    originPrefix: read.originPrefix(node, example.originPrefix),
    callbackUrl: read.httpsUrl(node, "callbackUrl", example.callbackUrl),
    signingKeys: read.generations(node, "signingKeys", "keys are replaced"),
    witnessPolicy: read.witnessPolicy(node),
    screeningUrl: read.screeningUrl(node),
    alarmEmail: read.alarmEmail(node),
  };
}

/** The line every synth prints: which engine, and what the other one is worth. */
export const ledgerLine = (ledger: Ledger): string =>
  ledger === "tlog"
    ? "ledger: tlog (default) · QLDB: -c ledger=qldb (synthesises only; AWS ended it on 2025-07-31)"
    : "ledger: qldb (synthesises only; AWS ended it on 2025-07-31) · deployable: -c ledger=tlog";
