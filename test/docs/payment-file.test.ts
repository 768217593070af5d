import { describe, expect, test } from "@jest/globals";
import { utf8 } from "../../shared/base/bytes.ts";
import { inSepa } from "../../shared/iso20022/account.ts";
import { messageLimits } from "../../shared/iso20022/message-limits.ts";
import { sepaText } from "../../shared/iso20022/message-text.ts";
import { notificationVersions } from "../../shared/iso20022/notification.ts";
import { paymentStatuses, statusReportVersions } from "../../shared/iso20022/status-report.ts";
import { letters, signs } from "../../shared/iso20022/transliteration.ts";
import { readPaymentFile, thousandths } from "../iso20022/sample.ts";
import { examplesIn, readPage, tableIn } from "./pages.ts";

const page = "spec/payment-file.md";
const text = readPage(page);
/** What the first pair of backticks of a cell holds, in words. */
const words = (cell = ""): string[] => (/`([^`]+)`/.exec(cell)?.[1] ?? "").split(" ");

describe("docs/spec/payment-file.md", () => {
  test("by the steps, the file shown counts, sums and names what it holds", () => {
    const file = readPaymentFile(utf8(examplesIn(page).get("payment-file") ?? ""));
    const amounts = file.groups.flatMap((group) => group.amounts);
    const sumOf = (of: readonly { readonly decimal: string }[]) =>
      of.reduce((sum, { decimal }) => sum + thousandths(decimal), 0n);
    expect([file.count, thousandths(file.sum)]).toEqual([amounts.length, sumOf(amounts)]);
    for (const { count, sum, amounts } of file.groups) {
      expect([count, thousandths(sum)]).toEqual([amounts.length, sumOf(amounts)]);
    }
    expect(new Set(file.endToEndIds).size).toBe(file.count);
    expect(file.endToEndIds.every((id) => /^[0-9A-F]{32}$/.test(id))).toBe(true);
  });

  test("every letter and sign the rule knows is in its table, with what it becomes", () => {
    const shown = tableIn(page, "letters").flatMap(([from, to]) => {
      const [all, become] = [words(from), words(to)];
      return all.map((one, at): [string, string] => [one, become[at] ?? become[0] ?? ""]);
    });
    for (const [one, become] of shown)
      expect([one, sepaText(`x${one}x`, 70)]).toEqual([one, `x${become}x`]);
    const named = new Set(shown.map(([one]) => one));
    const left = [...letters.keys(), ...signs.keys()].filter((one) => !named.has(one));
    expect(left.sort()).toEqual(["`", "|", "´"]);
  });

  test("the SEPA countries are those it names", () => {
    const [, list = ""] = /SEPA countries are, for this format, ([A-Z\s]+)\./.exec(text) ?? [];
    const named = list.split(/\s+/);
    const capitals = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
    const all = capitals.flatMap((a) => capitals.map((b) => `${a}${b}`));
    expect(all.filter((country) => inSepa({ iban: `${country}00` }))).toEqual([...named].sort());
  });

  test("versions, statuses and limits are the reader's", () => {
    const short = (version: string) => `.${version.slice(-2)}`;
    for (const version of [...statusReportVersions, ...notificationVersions]) {
      expect(text).toContain(short(version));
    }
    expect(text).toContain(paymentStatuses.map((status) => `\`${status}\``).join(", "));
    const { depth, attributes, textLength, elements, documentBytes } = messageLimits;
    const said = [depth, attributes, textLength, elements].map((limit) =>
      limit.toLocaleString("en"),
    );
    for (const limit of said) expect(text).toContain(limit);
    expect(documentBytes).toBe(1_024 ** 3);
    expect(messageLimits.tagLength).toBe(textLength);
  });
});
