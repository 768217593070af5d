import { toHex } from "../../shared/base/bytes.ts";
import type { Json } from "../../shared/base/canonical.ts";
import { fingerprint, type SignatureType, type VerifierKey } from "../../shared/log/key.ts";
import type { NoteSignature } from "../../shared/log/note.ts";
import type { VerifiedSignature } from "../../shared/log/open-note.ts";
import type { ReceiptForm, ShownRecord } from "../../shared/proof/receipt.ts";
import type { Evidence } from "./evidence.ts";
import type { Fact, Step } from "./verdict.ts";

/** A step's findings, whatever became of it. */
type Findings = Omit<Step, "state">;
/** What each step says of the evidence: the steps of docs/spec/receipt.md, Verifying, in its order. */
export const findingsOf = {
  form: ({ form, bytes }: Evidence): Findings => ({
    title: "The file is a receipt",
    finding: form ? `${bytes.length.toLocaleString("en")} bytes, in the form they must have` : "",
    facts: [],
  }),
  leaf: ({ form, leafHash }: Evidence): Findings => ({
    title: "The record hashes to its leaf",
    finding: leafHash ? `${toHex(leafHash).slice(0, 16)}…` : "",
    facts: form && leafHash ? leafFacts(form, leafHash) : [],
  }),
  signatures: ({ checkpoint, signed, unknown, trust }: Evidence): Findings => ({
    title: "The log's own key signed the checkpoint",
    finding: checkpoint?.origin ?? "",
    facts: [
      ...(checkpoint
        ? [
            { label: "Log", value: checkpoint.origin },
            { label: "Entries", value: checkpoint.size.toString() },
            { label: "Root", value: toHex(checkpoint.root), mono: true },
          ]
        : []),
      ...signed.filter(({ key }) => isLog(trust, key)).map(signatureFact),
      ...unknown.map(unknownFact),
    ],
  }),
  witnesses: ({ signed, trust }: Evidence): Findings => {
    const witnesses = signed.filter(({ key }) => !isLog(trust, key));
    const quorum = trust?.policy.quorum ?? "none";
    const wanted = quorum === "none" ? "your trust policy asks for none" : `quorum: ${quorum}`;
    return {
      title: "Enough witnesses cosigned it",
      finding: witnesses.length > 0 ? `${witnesses.length} cosigned, ${wanted}` : wanted,
      facts: witnesses.map(witnessFact),
    };
  },
  requirements: ({ required }: Evidence): Findings => ({
    title: "It bears the signatures you require",
    finding: required ?? "no requirements given: any one signature of the log will do",
    facts: [],
  }),
  inclusion: ({ form, checkpoint }: Evidence): Findings => ({
    title: "The leaf is in the tree that was signed",
    finding: form && checkpoint ? `entry ${form.proof.index} of ${checkpoint.size}` : "",
    facts: (form?.proof.hashes ?? []).map((hash, i) => ({
      label: `Hash ${i + 1}`,
      value: toHex(hash),
      mono: true,
    })),
  }),
  content: ({ form, shown }: Evidence): Findings => ({
    title: "The fields shown are the record's",
    finding: shown ? countOf(shown) : "",
    facts: [],
    fields: (shown?.openings ?? []).map(({ path, value }) => ({ label: path, value: say(value) })),
    ...(form && shown ? {} : { fields: [] }),
  }),
  unrewritten: ({ compared }: Evidence): Findings => ({
    title: "Nothing was rewritten since the other checkpoint, or before it",
    finding: compared && !("refused" in compared) ? `of size ${compared.against.size}` : "",
    facts: [],
  }),
} as const;
export type StepName = keyof typeof findingsOf;

function countOf({ openings }: ShownRecord): string {
  if (openings.length === 0) return "none are shown";
  return openings.length === 1 ? "1 field" : `${openings.length} fields`;
}

function leafFacts({ content }: ReceiptForm, leafHash: Uint8Array): Fact[] {
  return [
    { label: "Leaf hash", value: toHex(leafHash), mono: true },
    { label: "Record", value: new TextDecoder().decode(content.record), mono: true },
  ];
}

const isLog = (trust: Evidence["trust"], key: VerifierKey): boolean =>
  trust?.policy.logs.some((log) => log.key === key) ?? false;

const algorithms = {
  ed25519: "Ed25519",
  cosignature: "Ed25519, with its time",
  mldsa44: "ML-DSA-44",
} as const satisfies Record<SignatureType, string>;

const signatureFact = ({ key }: VerifiedSignature): Fact => ({
  label: algorithms[key.type],
  value: `by the key with SHA-256 ${fingerprint(key)}`,
  mono: true,
});

const unknownFact = ({ name, keyId }: NoteSignature): Fact => ({
  label: "Not checked",
  value: `a signature by ${name}, key ${keyId.toString(16).padStart(8, "0")}`,
});

const witnessFact = ({ key, timeSeconds }: VerifiedSignature): Fact => ({
  label: key.name,
  value: `cosigned ${timeSeconds === undefined ? "and says not when" : `at ${formatSeconds(timeSeconds)}`} (${algorithms[key.type]})`,
});

/** UTC to the second, from seconds since 1970. */
export function formatSeconds(seconds: bigint): string {
  const last = 8_640_000_000_000n;
  if (seconds > last) return `second ${seconds} since 1970`;
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A field's value for people: text as it is, an amount with its currency, anything else as indented JSON. */
export function say(value: Json): string {
  if (typeof value === "string") return value;
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    const { amount, currency, ...rest } = value as Readonly<Record<string, Json>>;
    const isMoney = typeof amount === "string" && typeof currency === "string";
    if (isMoney && Object.keys(rest).length === 0) return `${amount} ${currency}`;
  }
  return JSON.stringify(value, null, 2);
}
