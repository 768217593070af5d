import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetDigestCommand } from "@aws-sdk/client-qldb";
import { describe, expect, test } from "@jest/globals";
import { startQldbStub } from "../../local/qldb/stub.ts";
import { carsLedger } from "../qldb/cars-ledger.ts";

const on = carsLedger();

describe("the QLDB stub's journal", () => {
  test("survives a restart with tables, indexes, documents and digest", async () => {
    await on.makeTable();
    await on.run("INSERT INTO Car ?", { vin: "1", note: "line\nbreak \u0000 señal" });
    const digest = await on.control.send(new GetDigestCommand({ Name: "cars" }));
    await on.stop();
    await on.start();
    const again = await on.control.send(new GetDigestCommand({ Name: "cars" }));
    expect(again.Digest).toEqual(digest.Digest);
    expect(again.DigestTipAddress).toEqual(digest.DigestTipAddress);
    const [car] = await on.run("SELECT note FROM Car WHERE vin = ?", "1");
    expect(car?.get("note")?.stringValue()).toBe("line\nbreak \u0000 señal");
    const [a, b] = [await on.openSession(), await on.openSession()];
    await a.execute("SELECT vin FROM Car WHERE vin = ?", "5");
    await b.execute("INSERT INTO Car ?", { vin: "6" });
    await b.commit();
    await expect(a.commit()).resolves.toBeDefined();
  });

  test("drops a torn last line, wherever it broke, and keeps every acknowledged block", async () => {
    await on.makeTable();
    await on.run("INSERT INTO Car ?", { vin: "1" });
    await on.run("INSERT INTO Car ?", { vin: "2" });
    const path = join(on.folder, "cars.journal");
    const whole = readFileSync(path);
    const lastLine = whole.subarray(0, -1).lastIndexOf(0x0a) + 1;
    for (const cut of [lastLine + 1, lastLine + 300, whole.length - 1]) {
      await on.stop();
      writeFileSync(path, whole);
      truncateSync(path, cut);
      await on.start();
      expect(await on.tip()).toBe(3);
      await on.run("INSERT INTO Car ?", { vin: "3" });
      await on.stop();
      await on.start();
      expect(await on.run("SELECT * FROM Car")).toHaveLength(2);
    }
    await on.stop();
    writeFileSync(path, whole);
    appendFileSync(path, "{blockAddress:{strandId");
    await on.start();
    expect(await on.tip()).toBe(4);
  });

  test("refuses to start on a journal that was edited", async () => {
    await on.makeTable();
    await on.run("INSERT INTO Car ?", { vin: "first" });
    await on.run("INSERT INTO Car ?", { vin: "2" });
    const path = join(on.folder, "cars.journal");
    const whole = readFileSync(path, "utf8");
    await on.stop();
    const lines = whole.split("\n");
    for (const edited of [
      whole.replace('vin:"first"', 'vin:"fi_st"'),
      lines.toSpliced(3, 1).join("\n"),
      lines.with(3, lines[4]!).with(4, lines[3]!).join("\n"),
    ]) {
      expect(edited).not.toBe(whole);
      writeFileSync(path, edited);
      await expect(startQldbStub({ folder: on.folder })).rejects.toThrow("does not verify");
    }
    writeFileSync(path, whole);
    await on.start();
  });
});
