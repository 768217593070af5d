import { existsSync, readFileSync } from "node:fs";
import type { Node } from "constructs";
import { fromUtf8 } from "../shared/base/bytes.ts";
import { type Generations, parseGenerations } from "../shared/base/generations.ts";
import { Malformed } from "../shared/base/malformed.ts";
import {
  formatWitnessPolicy,
  noWitness,
  parseWitnessPolicy,
} from "../shared/log/witness-policy.ts";

/** The two engines behind the ledger port. */
export const ledgers = ["tlog", "qldb"] as const;
export type Ledger = (typeof ledgers)[number];

/** What `-c name=value` may say. */
export interface Settings {
  readonly ledger: Ledger;
  /** First part of every log's origin; fixed by the first record of each log, so never changed after the first deploy. */
  readonly originPrefix: string;
  /** Where the identity provider sends people back to. */
  readonly callbackUrl: string;
  /** The generations of signing keys in use: one, or two while keys are replaced (docs/operating.md). */
  readonly signingKeys: Generations;
  /** Who must cosign each checkpoint before it is shown: witness, group and quorum lines of a trust policy. */
  readonly witnessPolicy: string;
}

/** A context value that is not one of those there are; its message is one sentence for the person at the terminal. */
export class BadSetting extends Error {
  override readonly name = "BadSetting";
}

const known = ["ledger", "originPrefix", "callbackUrl", "signingKeys", "witnessPolicy"] as const;
const example = {
  originPrefix: "countersign.example",
  callbackUrl: "https://countersign.example/",
};

/** Reads the settings from CDK context. Throws BadSetting. */
export function readSettings(node: Node): Settings {
  const given = (name: (typeof known)[number], fallback: string): string => {
    const value: unknown = node.tryGetContext(name) ?? fallback;
    if (typeof value === "string") return value;
    throw new BadSetting(`Context ${name} must be text.`);
  };
  const ledger = ledgers.find((one) => one === given("ledger", "tlog"));
  if (!ledger) {
    throw new BadSetting(
      `Context ledger must be ${ledgers.join(" or ")}, not "${given("ledger", "")}".`,
    );
  }
  const originPrefix = given("originPrefix", example.originPrefix);
  if (
    !/^[a-z0-9-]+(\.[a-z0-9-]+)+(\/[a-z0-9-]+)*$/.test(originPrefix) ||
    originPrefix.length > 180
  ) {
    throw new BadSetting(
      `Context originPrefix must be a lower-case host name with an optional path, not "${originPrefix}".`,
    );
  }
  const callbackUrl = given("callbackUrl", example.callbackUrl);
  if (!URL.canParse(callbackUrl) || new URL(callbackUrl).protocol !== "https:") {
    throw new BadSetting(`Context callbackUrl must be an https URL, not "${callbackUrl}".`);
  }
  const signingKeys = readGenerations(given("signingKeys", "1"));
  const witnessPolicy = readWitnessPolicy(given("witnessPolicy", ""));
  return { ledger, originPrefix, callbackUrl, signingKeys, witnessPolicy };
}

/** A function's variables have 4 KB together. */
const mostPolicyBytes = 2_500;

/** The lines of the policy in the file at `path`; where none is named, those that ask for nobody. */
function readWitnessPolicy(path: string): string {
  if (path === "") return fromUtf8(noWitness);
  if (!existsSync(path))
    throw new BadSetting("Context witnessPolicy must be a file that is there.");
  try {
    const lines = formatWitnessPolicy(parseWitnessPolicy(readFileSync(path)));
    if (lines.length <= mostPolicyBytes) return fromUtf8(lines);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new BadSetting(`Context witnessPolicy must be a trust policy's file: ${error.message}.`);
  }
  throw new BadSetting(
    `Context witnessPolicy must be at most ${mostPolicyBytes} bytes of witness, group and quorum lines: name fewer, or Ed25519 witnesses.`,
  );
}

function readGenerations(text: string): Generations {
  const generations = parseGenerations(text);
  if (generations) return generations;
  throw new BadSetting(
    `Context signingKeys must be one generation, or two in rising order while keys are replaced, not "${text}".`,
  );
}

/** The line every synth prints: which engine, and what the other one is worth. */
export const ledgerLine = (ledger: Ledger): string =>
  ledger === "tlog"
    ? "ledger: tlog (default) · QLDB: -c ledger=qldb (synthesises only; AWS ended it on 2025-07-31)"
    : "ledger: qldb (synthesises only; AWS ended it on 2025-07-31) · deployable: -c ledger=tlog";
