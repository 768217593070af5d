import { utf8 } from "../../../shared/base/bytes.ts";
import { checkPack } from "../../../shared/coverage/analysis/check-pack.ts";
import { packJson, rule } from "../sample.ts";

const limitCitation = { clause: "9", text: "No more than the limit." };
/** A table of benefits by age: rows from, to, value. */
export const bands = (...rows: readonly (readonly [number, number | null, number])[]) => ({
  benefit: {
    by: "insured.ageYears",
    dated: [{ from: "2018-01-01", rows: rows.map(([from, to, value]) => ({ from, to, value })) }],
  },
});

/** A pack's text around `rules`, four spaces deep; without parameters that nothing reads. */
export const textOf = (
  rules: readonly Record<string, unknown>[],
  over: Record<string, unknown> = {},
) =>
  JSON.stringify(
    packJson(
      rules.map((each, index) => rule({ id: `rule-${index}`, ...each })),
      { parameters: {}, limitCitation, ...over },
    ),
    null,
    4,
  );

/** What is found in a text: code, rule, what is underlined, and the help. */
export function found(text: string | Uint8Array) {
  const report = checkPack(typeof text === "string" ? utf8(text) : text);
  return report.findings
    .filter(({ code }) => code !== "no-golden-case")
    .map(({ code, where, span, help, message }) => {
      const underlined = span ? report.text.slice(span.start, span.end) : "";
      return { code, where, underlined, help: help ?? "", message };
    });
}
