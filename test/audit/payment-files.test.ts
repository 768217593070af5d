import { beforeAll, describe, expect, test } from "@jest/globals";
import { paymentFileName } from "../../shared/audit/payment-files.ts";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import type { Json } from "../../shared/base/canonical.ts";
import { fileOf } from "../payout/sample.ts";
import { handle } from "../policy/sample.ts";
import { audit, type Files, findingsIn } from "./bundle.ts";
import { type Honest, honestLog } from "./honest.ts";
import { payoutOne } from "./walk.ts";

let log: Honest;
beforeAll(async () => {
  log = await honestLog();
});

const name = paymentFileName(fileOf(payoutOne));
const changed = (files: Files, file: string, bytes: Uint8Array | undefined): Files => {
  if (bytes) files.set(file, bytes);
  else files.delete(file);
  return files;
};
const sealed = () => log.fields("released").file as Record<string, Json>;
const released = (over: Record<string, Json>) =>
  log.forged("released", { file: { ...sealed(), ...over } });

describe("the payment file of a release", () => {
  test("is made again from the log, and is the bundle's to the byte", async () => {
    const files = log.bundle();
    const text = fromUtf8(files.get(name) ?? new Uint8Array(0), "file");
    expect(text).toContain(`<EndToEndId>${payoutOne.toUpperCase()}</EndToEndId>`);
    expect(text).toContain('<InstdAmt Ccy="USD">300.00</InstdAmt>');
    expect(text).toContain("<IBAN>DE89370400440532013000</IBAN>");
    const { findings, payments } = await audit(files);
    expect(findings).toEqual([]);
    expect(payments).toEqual({ files: 1, rederived: 1 });
  });

  test("is found where one byte of the bundle's copy is another, where it is gone, and where there is one too many", async () => {
    const text = fromUtf8(log.bundle().get(name) ?? new Uint8Array(0), "file");
    const dearer = utf8(text.replace("300.00", "300.01"));
    expect(await findingsIn(changed(log.bundle(), name, dearer))).toEqual(["- payment-differs"]);
    expect(await findingsIn(changed(log.bundle(), name, undefined))).toEqual(["- file-missing"]);
    const other = paymentFileName(handle("9"));
    expect(await findingsIn(changed(log.bundle(), other, utf8(text)))).toEqual([
      "- file-misplaced",
    ]);
    const stray = "openings/payments/readme.txt";
    expect(await findingsIn(changed(log.bundle(), stray, utf8("")))).toEqual(["- file-misplaced"]);
  });

  test("is found where the release seals another hash", async () => {
    const found = await findingsIn(released({ sha256: "0".repeat(64) }));
    expect(found).toEqual([log.finding("released", "payment-differs")]);
  });

  test("is found where it has more or fewer payments than the release seals", async () => {
    const lacking = await audit(released({ payments: "2" }));
    expect(lacking.findings.map(({ index, code, found }) => [index, code, found])).toEqual([
      [`${log.walk.at("released")}`, "payment-differs", "1"],
    ]);
    expect(lacking.payments).toEqual({ files: 1, rederived: 0 });
    // A file of no payments is not whole with one either.
    const none = await findingsIn(released({ payments: "0" }));
    expect(none).toContain(log.finding("released", "payment-differs"));
  });

  test("names who pays as the insurer has published it", async () => {
    const payer = { name: "Somebody Else", account: "DE89370400440532013000" };
    expect(await findingsIn(log.forged("released", { payer }))).toEqual([
      log.finding("released", "event-differs"),
      log.finding("released", "payment-differs"),
    ]);
  });

  test("can't be made by an auditor who may not see a payment of it; that is counted, and no finding", async () => {
    for (const record of ["proposed", "released"]) {
      const files = log.bundle({ withheld: [log.walk.at(record)] });
      expect(files.has(name)).toBe(false);
      const { findings, payments } = await audit(files);
      expect(findings).toEqual([]);
      expect(payments.rederived).toBe(0);
    }
  });
});
