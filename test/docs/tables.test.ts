import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { gatewayErrors, stageThrottle } from "../../shared/api/gateway-error.ts";
import { problems } from "../../shared/api/problem.ts";
import { findingCodes } from "../../shared/audit/finding.ts";
import { formOf } from "../../shared/audit/streams.ts";
import { engineReasons } from "../../shared/coverage/reasons.ts";
import { gateRefusalCodes } from "../../shared/ports/signing.ts";
import { proofRefusalCodes } from "../../shared/proof/refusal.ts";
import { publicTypes, sealedSizes } from "../../shared/record/types.ts";
import { readPage, tableIn } from "./pages.ts";

const code = (cell = ""): string => cell.replaceAll("`", "");
const first = (page: string, heading: string, nth = 0): string[] =>
  tableIn(page, heading).map((cells) => code(cells[nth]));

describe("the closed lists that pages print are the code's", () => {
  test("record.md: every sealed type with its number of leaves and its fields by class", () => {
    const rows = Object.entries(sealedSizes).map(([type, size]) => {
      const form = formOf(type);
      const { shape } = form.schema as unknown as { shape: object };
      const fields = Object.keys(shape)
        .sort()
        .map((field) => {
          if (form.financial.includes(field)) return `${field} f`;
          return form.staff.includes(field) ? `${field} s` : field;
        });
      return [type, String(size), fields.join(", ")];
    });
    const printed = tableIn("spec/record.md", "sealed type").map((cells) => cells.map(code));
    expect(printed).toEqual(rows);
  });

  test("record.md: the public types", () => {
    expect(first("spec/record.md", "type")).toEqual([...publicTypes]);
  });

  test("receipt.md: every refusal", () => {
    expect(first("spec/receipt.md", "code")).toEqual([...proofRefusalCodes]);
  });

  test("audit-bundle.md: every finding", () => {
    expect(first("spec/audit-bundle.md", "code")).toEqual([...findingCodes]);
  });

  test("rule-pack.md: every reason of the engine, in its words", () => {
    const printed = tableIn("spec/rule-pack.md", "engine reason");
    expect(Object.fromEntries(printed.map(([name, says]) => [code(name), says]))).toEqual(
      engineReasons,
    );
  });

  test("deploying.md: what API Gateway answers itself, and when it throttles", () => {
    const printed = tableIn("deploying.md", "status").map(([status, message]) => [
      Number(status),
      code(message),
    ]);
    const known = Object.entries(gatewayErrors).map(([status, words]) => [Number(status), words]);
    expect(printed).toEqual(known);
    const { perSecond, burst } = stageThrottle;
    expect(readPage("deploying.md")).toContain(
      `more than ${perSecond} requests a second beyond a burst of ${burst}`,
    );
  });

  test("operating.md: every problem of the API with its status", () => {
    const printed = tableIn("operating.md", "problem").map(([name, status]) => [
      code(name),
      Number(status),
    ]);
    const known = Object.entries(problems).map(([name, [status]]) => [name, status]);
    expect(Object.fromEntries(printed)).toEqual(Object.fromEntries(known));
  });

  test("operating.md: every alarm", () => {
    const source = new URL("../../functions/publisher/alarm.ts", import.meta.url);
    const own = [...readFileSync(source, "utf8").matchAll(/^ {2}\| "([a-z-]+)"/gm)];
    const known = [
      ...gateRefusalCodes.filter((refused) => refused !== "raced"),
      ...own.map(([, name]) => name),
    ];
    expect(own.length).toBeGreaterThan(0);
    expect(first("operating.md", "alarm").sort()).toEqual(known.sort());
  });

  test("ledger.md: every refusal of the signer", () => {
    const page = readPage("spec/ledger.md");
    for (const refused of gateRefusalCodes) expect(page).toContain(`\`${refused}\``);
  });
});
