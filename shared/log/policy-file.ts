import { fromUtf8, utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { formatVerifierKey, parseVerifierKey } from "./key.ts";
import {
  type Policy,
  type PolicyGroup,
  type PolicyLog,
  type PolicyWitness,
  requirePolicy,
} from "./policy.ts";

const maxPolicyBytes = 1024 * 1024;

/** The policy file: logs, witnesses, groups, quorum, one line each. A policy that breaks the format's rules is Malformed. */
export function formatPolicy(policy: Policy): Uint8Array {
  requirePolicy(policy);
  const optional = (url: string | undefined) => (url === undefined ? [] : [url]);
  const lines = [
    ...policy.logs.map(({ key, url }) => ["log", formatVerifierKey(key), ...optional(url)]),
    ...policy.witnesses.map(({ name, key, url }) => [
      "witness",
      name,
      formatVerifierKey(key),
      ...optional(url),
    ]),
    ...policy.groups.map((group) => ["group", group.name, thresholdWord(group), ...group.members]),
    ["quorum", policy.quorum],
  ];
  return utf8(lines.map((line) => `${line.join(" ")}\n`).join(""));
}

/**
 * Reads a trust policy (C2SP tlog-policy): comments, empty lines, spaces and tabs as the specification allows, the order of
 * definitions as it demands. Non-ASCII bytes outside comments must be UTF-8. Anything else is Malformed, with its line.
 */
export function parsePolicy(bytes: Uint8Array): Policy {
  if (bytes.length > maxPolicyBytes) throw new Malformed("policy", "is too long");
  const lines = linesOf(bytes);
  const draft: Draft = { logs: [], witnesses: [], groups: [], names: new Set(), quorum: undefined };
  lines.forEach((line, i) => {
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    if (words[0] !== undefined && !words[0].startsWith("#")) {
      readLine(words.map(unicodeOf), draft, `policy line ${i + 1}`);
    }
  });
  const { logs, witnesses, groups, quorum } = draft;
  if (quorum === undefined) throw new Malformed("policy", "has no quorum line");
  const policy = { logs, witnesses, groups, quorum };
  requirePolicy(policy);
  return policy;
}

interface Draft {
  readonly logs: PolicyLog[];
  readonly witnesses: PolicyWitness[];
  readonly groups: PolicyGroup[];
  readonly names: Set<string>;
  quorum: string | undefined;
}

function readLine([kind, ...words]: readonly string[], draft: Draft, where: string): void {
  if (kind === "log") draft.logs.push(readLog(words, where));
  else if (kind === "witness") draft.witnesses.push(readWitness(words, draft, where));
  else if (kind === "group") draft.groups.push(readGroup(words, draft, where));
  else if (kind === "quorum") draft.quorum = readQuorum(words, draft, where);
  else throw new Malformed(where, "begins with none of log, witness, group, quorum");
}

function readLog(words: readonly string[], where: string): PolicyLog {
  const [vkey, url] = words;
  if (vkey === undefined || words.length > 2) throw new Malformed(where, "is not log KEY [URL]");
  return { key: parseVerifierKey(vkey, where), ...(url === undefined ? {} : { url }) };
}

function readWitness(words: readonly string[], draft: Draft, where: string): PolicyWitness {
  const [name, ...rest] = words;
  if (name === undefined || rest.length < 1 || rest.length > 2) {
    throw new Malformed(where, "is not witness NAME KEY [URL]");
  }
  draft.names.add(name);
  return { name, ...readLog(rest, where) };
}

function readGroup(words: readonly string[], draft: Draft, where: string): PolicyGroup {
  const [name, word, ...members] = words;
  if (name === undefined || word === undefined || members.length === 0) {
    throw new Malformed(where, "is not group NAME all|any|NUMBER MEMBER...");
  }
  for (const member of members) requireDefined(member, draft, where);
  draft.names.add(name);
  return { name, threshold: readThreshold(word, members.length, where), members };
}

function readQuorum(words: readonly string[], draft: Draft, where: string): string {
  const [name] = words;
  if (name === undefined || words.length !== 1) throw new Malformed(where, "is not quorum NAME");
  if (draft.quorum !== undefined) throw new Malformed(where, "is a second quorum");
  if (name !== "none") requireDefined(name, draft, where);
  return name;
}

function requireDefined(name: string, draft: Draft, where: string): void {
  if (!draft.names.has(name)) throw new Malformed(where, "uses a name no earlier line defines");
}

function readThreshold(word: string, members: number, where: string): number {
  if (word === "any") return 1;
  if (word === "all") return members;
  if (!/^[1-9][0-9]{0,3}$/.test(word)) throw new Malformed(where, "has no threshold");
  return Number(word);
}

function thresholdWord({ threshold, members }: PolicyGroup): string {
  if (threshold === members.length) return "all";
  return threshold === 1 ? "any" : threshold.toString();
}

/** One character per byte, so that comments stay opaque octets (tlog-policy, Character set). */
function linesOf(bytes: Uint8Array): string[] {
  let text = "";
  for (const byte of bytes) {
    if (byte === 0x7f || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a)) {
      throw new Malformed("policy", "has a control character other than tab and newline");
    }
    text += String.fromCharCode(byte);
  }
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Malformed("policy", "does not end in a newline");
  return lines;
}

/** The characters that a word's bytes spell: in a key, of thousands of bytes, they are its own. */
const unicodeOf = (word: string): string =>
  /^[\x21-\x7e]*$/.test(word)
    ? word
    : fromUtf8(
        Uint8Array.from(word, (character) => character.charCodeAt(0)),
        "policy",
      );
