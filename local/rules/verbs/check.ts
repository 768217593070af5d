import { readFileSync, statSync } from "node:fs";
import { checkPack, type PackReport } from "../../../shared/coverage/analysis/check-pack.ts";
import { lineAndColumn } from "../../../shared/coverage/analysis/json-places.ts";
import type { PackFinding } from "../../../shared/coverage/analysis/pack-finding.ts";
import { maxPackBytes } from "../../../shared/coverage/pack-bytes.ts";
import { reading, Unreadable } from "../../terminal/reading.ts";
import { exits, verb } from "../../terminal/verb.ts";
import { findingLines } from "../show-finding.ts";

/** `rules check PACK`: says what is wrong with a pack before anybody publishes it. */
export const checkVerb = verb({
  name: "check",
  usage: ["check PACK [--json]"],
  options: {},
  operands: [1, 1],
  run: (terminal, _given, [file = ""]) => {
    const report = checkPack(packFile(file));
    const { compiled, findings, text } = report;
    for (const finding of findings) {
      for (const line of findingLines(file, text, finding)) terminal.line(line);
    }
    terminal.line(summary(report));
    terminal.result({
      file,
      pack: compiled && {
        id: compiled.pack.id,
        version: compiled.pack.version,
        hash: compiled.hash,
      },
      ok: findings.length === 0,
      errors: count(findings, "error"),
      warnings: count(findings, "warning"),
      findings: findings.map((each) => jsonOf(each, text)),
    });
    if (findings.length === 0) return exits.ok;
    return findings.some(({ code }) => code === "unreadable") ? exits.usage : exits.found;
  },
});

/** The bytes of a pack's file; of one that is far too long, only so many as show that. Throws Unreadable. */
export function packFile(file: string): Uint8Array {
  return reading(file, () => {
    const found = statSync(file);
    if (!found.isFile()) throw new Unreadable(`${file} is no file`);
    return found.size > maxPackBytes ? new Uint8Array(found.size) : readFileSync(file);
  });
}

function summary({ compiled, findings }: PackReport): string {
  const [errors, warnings] = [count(findings, "error"), count(findings, "warning")];
  const said = [counted(errors, "error"), counted(warnings, "warning")].join(", ");
  if (!compiled) return `${said}: the pack can't be run yet, so nothing else was looked at`;
  const { pack, hash } = compiled;
  const { rules, cases } = pack;
  const size = `${counted(rules.length, "rule")}, ${counted(cases.length, "golden case")}`;
  const name = `${pack.id} version ${pack.version} (${size}, SHA-256 ${hash.slice(0, 16)}…)`;
  return findings.length === 0 ? `✓ ${name}: nothing found` : `${name}: ${said}`;
}

const count = (findings: readonly PackFinding[], severity: PackFinding["severity"]): number =>
  findings.filter((each) => each.severity === severity).length;

const counted = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? "" : "s"}`;

function jsonOf({ span, within, ...finding }: PackFinding, text: string) {
  const start = span && lineAndColumn(text, span.start);
  const end = span && lineAndColumn(text, span.end);
  return { ...finding, start, end, within };
}
