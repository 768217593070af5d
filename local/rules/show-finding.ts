import { lineAndColumn, type Span } from "../../shared/coverage/analysis/json-places.ts";
import type { PackFinding } from "../../shared/coverage/analysis/pack-finding.ts";

/** Columns of the file's line that are shown around what is underlined. */
const width = 96;

/**
 * The lines that show one finding in `text`, the content of `file`, the way compilers of Rust do: what, where, the line itself, the part meant
 * underlined, and what to do.
 */
export function findingLines(file: string, text: string, finding: PackFinding): string[] {
  const { severity, code, message, where, rule, span, help } = finding;
  const at = span && lineAndColumn(text, span.start);
  const place = at ? `${file}:${at.line}:${at.column}` : file;
  const gutter = " ".repeat(at ? String(at.line).length : 1);
  return [
    `${severity}[${code}]: ${spoken(where, message)}`,
    `${gutter}--> ${place}${rule === null ? "" : `, rule ${rule}`}`,
    ...(span && at ? excerpt(text, span, at.line, gutter) : []),
    ...(help === null ? [] : [`${gutter} = help: ${help}`]),
    "",
  ].map(printable);
}

/** A message begins with what is wrong; its field comes before it. */
const spoken = (where: string, message: string): string =>
  `${where === "" ? "the pack" : where} ${message}`;

function excerpt(text: string, span: Span, line: number, gutter: string): string[] {
  const start = text.lastIndexOf("\n", span.start - 1) + 1;
  const newline = text.indexOf("\n", span.start);
  const end = newline < 0 ? text.length : newline;
  const before = [...text.slice(start, span.start)];
  const marked = [...text.slice(span.start, Math.min(span.end, end))];
  const after = [...text.slice(Math.min(span.end, end), end)];
  const from = Math.max(0, before.length - Math.max(20, width - marked.length));
  const cut = from > 0 ? "…" : "";
  const lead = before.slice(from);
  const shown = [...lead, ...marked, ...after].slice(0, width);
  const carets = Math.max(1, Math.min(marked.length, width - lead.length));
  return [
    `${gutter} |`,
    `${line} | ${cut}${shown.join("")}`,
    `${gutter} | ${" ".repeat(cut.length + lead.length)}${"^".repeat(carets)}`,
  ];
}

/** `text` without characters that would steer a terminal; a tab is one column here. */
const printable = (text: string): string =>
  text.replace(/\t/g, " ").replace(/[\p{Cc}\p{Cf}]/gu, "�");
