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
import { edgeRegion } from "./edge-region.ts";

/** A context value that is not one of those there are; its message is one sentence for the person at the terminal. */
export class BadSetting extends Error {
  override readonly name = "BadSetting";
}

/** Every name of ours that `-c` may set. */
export const known = [
  "stage",
  "retentionYears",
  "ledger",
  "region",
  "failoverRegion",
  "account",
  "signerAccount",
  "cluster",
  "domainName",
  "certificate",
  "originDomainName",
  "originCertificate",
  "countries",
  "blockedCountries",
  "originVerify",
  "originPrefix",
  "callbackUrl",
  "signingKeys",
  "witnessPolicy",
  "screeningUrl",
  "alarmEmail",
] as const;
type Name = (typeof known)[number];

/** Names that are the CDK's: flags and lookups carry a colon or a slash; these have neither. */
const tools = ["cli-telemetry", "notices", "tree-metadata", "metadata"];

/** Refuses a name that nobody reads, which is most often a misspelt one. */
export function refuseUnknown(node: Node): void {
  const given = Object.keys(node.getAllContext() as Record<string, unknown>);
  const ours: readonly string[] = [...known, ...tools];
  const other = given.find((name) => !/[:/]/.test(name) && !ours.includes(name));
  if (other === undefined) return;
  throw new BadSetting(`Context ${other} is none of ${known.join(", ")}.`);
}

/** The text given for `name`; undefined where none is. */
function given(node: Node, name: Name): string | undefined {
  const value: unknown = node.tryGetContext(name);
  if (value === undefined || typeof value === "string") return value;
  // What stands in cdk.json may be a number where a person would type one.
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  throw new BadSetting(`Context ${name} must be text.`);
}

const refused = (name: Name, must: string, value: string | undefined): BadSetting =>
  new BadSetting(
    `Context ${name} must be ${must}${value === undefined ? "" : `, not "${value}"`}.`,
  );

function matching(node: Node, name: Name, pattern: RegExp, must: string): string | undefined {
  const value = given(node, name);
  if (value === undefined || pattern.test(value)) return value;
  throw refused(name, must, value);
}

export function oneOf<const Value extends string>(
  node: Node,
  name: Name,
  values: readonly Value[],
  fallback: Value,
): Value {
  const value = given(node, name) ?? fallback;
  const found = values.find((one) => one === value);
  if (found === undefined) throw refused(name, values.join(" or "), value);
  return found;
}

/** What is said of the signer, of witnesses, and of payouts, none of which stands beside a ledger of QLDB's. */
const tlogAlone = [
  ...["signingKeys", "witnessPolicy", "screeningUrl"],
  ...["account", "signerAccount", "cluster"],
] as readonly Name[];

/** The engine behind the ledger port, refusing what only the other one reads. */
export function ledger(node: Node): "tlog" | "qldb" {
  const chosen = oneOf(node, "ledger", ["tlog", "qldb"], "tlog");
  const unread = chosen === "qldb" && tlogAlone.find((name) => given(node, name) !== undefined);
  if (!unread) return chosen;
  throw refused(
    unread,
    "left out with -c ledger=qldb, where nothing reads it",
    given(node, unread),
  );
}

const regionPattern = /^[a-z]{2}(-[a-z]+)+-[1-9]$/;

export const region = (node: Node, name: Name): string | undefined =>
  matching(node, name, regionPattern, "a region such as eu-central-1");

export function otherRegion(node: Node, name: Name, first: string): string | undefined {
  const other = region(node, name);
  if (other === first) throw refused(name, "another region than the platform's", other);
  return other;
}

/** Years of retention: prod can't do without, and dev has none to give. */
export function retentionYears(node: Node, stage: "dev" | "prod"): number | undefined {
  const name = "retentionYears";
  const years = matching(node, name, /^([1-9]|[1-9][0-9])$/, "a number of years from 1 to 99");
  if (stage === "prod" && years === undefined) {
    throw refused(
      name,
      "given with -c stage=prod, for nobody can shorten it afterwards",
      undefined,
    );
  }
  if (stage === "dev" && years !== undefined) {
    throw refused(name, "left out unless -c stage=prod", years);
  }
  return years === undefined ? undefined : Number(years);
}

/** All of `names`, or none of them. */
function together<const Names extends readonly Name[]>(
  node: Node,
  names: Names,
): Readonly<Record<Names[number], string>> | undefined {
  const missing = names.filter((name) => given(node, name) === undefined);
  if (missing.length === names.length) return undefined;
  const [first] = missing;
  if (first !== undefined) {
    const others = names.filter((name) => name !== first).join(", ");
    throw refused(first, `given together with ${others}`, undefined);
  }
  return Object.fromEntries(names.map((name) => [name, given(node, name)])) as Record<
    Names[number],
    string
  >;
}

const accountPattern = /^[0-9]{12}$/;

/** The accounts of platform and signer, where these are two, and the cluster the signer reads. */
export function accounts(node: Node) {
  for (const name of ["account", "signerAccount"] as const) {
    matching(node, name, accountPattern, "an account number of 12 digits");
  }
  const cluster = matching(
    node,
    "cluster",
    /^[a-z0-9]{26}$/,
    "the id of the cluster that the platform's stack prints",
  );
  const both = together(node, ["account", "signerAccount"]);
  if (both === undefined) {
    if (cluster === undefined) return undefined;
    throw refused("cluster", "left out unless -c signerAccount is given", cluster);
  }
  if (both.account === both.signerAccount) {
    throw refused("signerAccount", "another account than the platform's", both.signerAccount);
  }
  return { platform: both.account, signer: both.signerAccount, cluster };
}

const hostPattern = /^(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/;

/** The names of edge and API with their certificates: all four, or none; none only where the API of `home` is known to the edge without a name. */
export function domain(node: Node, home: string) {
  for (const name of ["domainName", "originDomainName"] as const) {
    matching(node, name, hostPattern, "a lower-case host name");
  }
  const certificate = (where: string) =>
    new RegExp(`^arn:aws[a-z-]*:acm:${where}:[0-9]{12}:certificate/[0-9a-f-]{36}$`);
  const certificates = { certificate: edgeRegion, originCertificate: home } as const;
  for (const [name, where] of Object.entries(certificates) as [Name, string][]) {
    matching(node, name, certificate(where), `the ARN of a certificate in ${where}`);
  }
  const all = together(node, [
    "domainName",
    "certificate",
    "originDomainName",
    "originCertificate",
  ]);
  if (all === undefined) {
    if (home === edgeRegion) return undefined;
    const needed = `given, and certificate, originDomainName and originCertificate with it, where -c region is not ${edgeRegion}, for the edge lies there and finds the API by its name`;
    throw refused("domainName", needed, undefined);
  }
  const { domainName: name, originDomainName: origin, ...rest } = all;
  if (name === origin) throw refused("originDomainName", "another name than domainName", origin);
  return { name, certificate: rest.certificate, origin, originCertificate: rest.originCertificate };
}

/** North Korea: the Security Council's sanctions (resolution 1718 of 2006 and those after it) bind whoever insures, wherever that is. */
const blockedUnlessSaid = "KP";

/** The countries that the edge serves, or else those it does not. */
export function countries(node: Node): { readonly served: boolean; readonly codes: string[] } {
  const pattern = /^[A-Z]{2}(,[A-Z]{2})*$/;
  const must = "ISO 3166-1 codes of countries, such as AT,DE";
  const served = matching(node, "countries", pattern, must);
  const blocked = matching(node, "blockedCountries", pattern, must);
  if (served !== undefined && blocked !== undefined) {
    throw refused("blockedCountries", "left out where countries is given", blocked);
  }
  const codes = (served ?? blocked ?? blockedUnlessSaid).split(",");
  return { served: served !== undefined, codes: [...new Set(codes)] };
}

/** An address that alarms are mailed to; undefined where none is given. */
export const alarmEmail = (node: Node): string | undefined =>
  matching(node, "alarmEmail", /^[^\s@]{1,64}@[^\s@]+\.[^\s@.]+$/, "an e-mail address");

export function originPrefix(node: Node, fallback: string): string {
  const must = "a lower-case host name with an optional path";
  const pattern = /^(?=.{1,180}$)[a-z0-9-]+(\.[a-z0-9-]+)+(\/[a-z0-9-]+)*$/;
  return matching(node, "originPrefix", pattern, must) ?? fallback;
}

export function httpsUrl(node: Node, name: Name, fallback: string): string {
  const value = given(node, name) ?? fallback;
  if (URL.canParse(value) && new URL(value).protocol === "https:") return value;
  throw refused(name, "an https URL", value);
}

/** Where the screening provider is asked, or `none`. */
export const screeningUrl = (node: Node): string =>
  (given(node, "screeningUrl") ?? "none") === "none" ? "none" : httpsUrl(node, "screeningUrl", "");

export function generations(node: Node, name: Name, whileWhat: string): Generations {
  const text = given(node, name) ?? "1";
  const found = parseGenerations(text);
  if (found) return found;
  throw refused(name, `one generation, or two in rising order while ${whileWhat}`, text);
}

/** A function's variables have 4 KB together. */
const mostPolicyBytes = 2_500;

/** The lines of the policy in the file that is named; where none is, those that ask for nobody. */
export function witnessPolicy(node: Node): string {
  const path = given(node, "witnessPolicy") ?? "";
  if (path === "") return fromUtf8(noWitness);
  if (!existsSync(path)) throw refused("witnessPolicy", "a file that is there", undefined);
  try {
    const lines = formatWitnessPolicy(parseWitnessPolicy(readFileSync(path)));
    if (lines.length <= mostPolicyBytes) return fromUtf8(lines);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw refused("witnessPolicy", `a trust policy's file: ${error.message}`, undefined);
  }
  const most = `at most ${mostPolicyBytes} bytes of witness, group and quorum lines: name fewer, or Ed25519 witnesses`;
  throw refused("witnessPolicy", most, undefined);
}
