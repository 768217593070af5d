import { fromUtf8 } from "../../base/bytes.ts";
import { Malformed } from "../../base/malformed.ts";
import { valueAt } from "../../base/value-at.ts";
import { type CompiledPack, compilePack } from "../compile.ts";
import { formError } from "../form-error.ts";
import type { Pack } from "../pack.ts";
import { maxPackBytes } from "../pack-bytes.ts";
import { packSchema } from "../pack-form.ts";
import { caseFindings } from "./case-findings.ts";
import { citationFindings } from "./citation-findings.ts";
import { fieldHelp } from "./field-names.ts";
import {
  insideString,
  type JsonPlaces,
  jsonPlaces,
  MisplacedJson,
  type Span,
} from "./json-places.ts";
import { errorAt, type PackFinding, type Unplaced } from "./pack-finding.ts";
import { reachOf } from "./reach.ts";
import { readRules } from "./read-rules.ts";
import { stepFindings } from "./step-findings.ts";
import { tableFindings } from "./table-findings.ts";
import { unusedFindings } from "./unused-findings.ts";
import { worldOf } from "./world-of-pack.ts";

/** What `rules check` says of a pack's text. */
export interface PackReport {
  /** The text the findings' places are in; "" where it can't be read as text. */
  readonly text: string;
  /** The pack, ready to judge, where nothing keeps it from that. */
  readonly compiled: CompiledPack | null;
  readonly findings: readonly PackFinding[];
}

/** Findings of one kind of fault beyond this are not told: the first ones lead to the rest. */
const mostIssues = 50;

/** Everything that can be told about a pack without a claim. Never throws for what is in `bytes`. */
export function checkPack(bytes: Uint8Array): PackReport {
  const unread = (code: "unreadable" | "json", message: string, text = "", span?: Span) => ({
    text,
    compiled: null,
    findings: [{ ...placed(errorAt(code, "", message), text, undefined), span: span ?? null }],
  });
  if (bytes.length > maxPackBytes) {
    const size = bytes.length.toLocaleString("en");
    const most = maxPackBytes.toLocaleString("en");
    return unread("unreadable", `is ${size} bytes long: a pack has at most ${most}`);
  }
  let text: string;
  try {
    text = fromUtf8(bytes, "pack");
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return unread("unreadable", "is not text in UTF-8");
  }
  try {
    return checkJson(text, jsonPlaces(text));
  } catch (error) {
    if (!(error instanceof MisplacedJson)) throw error;
    return unread("json", error.message.replace("pack: ", ""), text, error.span);
  }
}

function checkJson(text: string, places: JsonPlaces): PackReport {
  const value: unknown = JSON.parse(text);
  const twice = places.repeated.map(({ path, span }) => ({
    ...placed(
      errorAt("repeated-field", path, "stands twice: only the last would count"),
      text,
      places,
    ),
    span,
  }));
  const read = packSchema().safeParse(value);
  if (!read.success) {
    const issues = read.error.issues.slice(0, mostIssues).map((issue) => {
      const { where, message } = formError(issue, value);
      const path = where === "pack" ? "" : where;
      return errorAt("form", path, message.slice(where.length + 2), {
        help: fieldHelp(path, issue, valueAt(value, issue.path)),
      });
    });
    const findings = issues.map((each) => placed(each, text, places, rulesOf(value)));
    return { text, compiled: null, findings: [...twice, ...findings] };
  }
  const { compiled, findings } = checkForm(read.data);
  const names = read.data.rules.map(({ id }) => id);
  const whole = findings.map((each) => placed(each, text, places, names));
  return { text, compiled, findings: [...twice, ...whole].sort(byPlace) };
}

/** What is wrong with a pack whose form is right. */
export function checkForm(pack: Pack): {
  readonly compiled: CompiledPack | null;
  readonly findings: readonly Unplaced[];
} {
  const read = readRules(pack);
  if (read.findings.length > 0) return { compiled: null, findings: read.findings };
  let compiled: CompiledPack;
  try {
    compiled = compilePack(pack);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const message = error.message.slice(error.where.length + 2);
    const help = "look through fewer lists at once, or have fewer rules do it";
    return { compiled: null, findings: [errorAt("bounds", error.where, message, { help })] };
  }
  const { reached, findings } = reachOf(read.rules, worldOf(pack));
  return {
    compiled,
    findings: [
      ...findings,
      ...tableFindings(pack, read, reached),
      ...stepFindings(pack, reached),
      ...citationFindings(pack),
      ...unusedFindings(pack, read),
      ...caseFindings(compiled),
    ],
  };
}

/** The ids of the rules, as far as `value` has such. */
function rulesOf(value: unknown): readonly unknown[] {
  const rules = (value as { rules?: unknown } | null)?.rules;
  return Array.isArray(rules) ? rules.map((rule) => (rule as { id?: unknown } | null)?.id) : [];
}

/** The finding with its rule and its place: of a field that is not there, the nearest one around it. */
function placed(
  finding: Unplaced,
  text: string,
  places: JsonPlaces | undefined,
  rules: readonly unknown[] = [],
): PackFinding {
  const index = /^rules\[(\d+)\]/.exec(finding.where)?.[1];
  const id = index === undefined ? undefined : rules[Number(index)];
  let path = finding.where;
  while (path !== "" && !places?.values.has(path))
    path = path.replace(/(\.[^.[]*|\[\d+\]|^[^.[]+)$/, "");
  const value = path === "" ? undefined : places?.values.get(path);
  const within = finding.within ?? null;
  const span =
    value && within && path === finding.where ? insideString(text, value, within) : value;
  return {
    ...finding,
    rule: finding.rule ?? (typeof id === "string" ? id.slice(0, 64) : null),
    help: finding.help ?? null,
    within,
    span: span ?? null,
  };
}

const byPlace = (a: PackFinding, b: PackFinding): number =>
  (a.span?.start ?? 0) - (b.span?.start ?? 0);
