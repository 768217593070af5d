import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { build } from "esbuild";
import { bundle } from "../../functions/bundle.ts";
import { type Agreement, agreeOnExpressions } from "../coverage/agreement/agreeing.ts";

const comparing = `
import { agreeOnExpressions } from "./agreeing.ts";
import { agreeOnPack, agreeOnSteps } from "./agreeing-on-packs.ts";
import { packs } from "../../../shared/coverage/packs.ts";
const found = {
  expressions: agreeOnExpressions(150, 20_261_126),
  steps: agreeOnSteps(10, 20_261_126),
  packs: packs.map((pack) => agreeOnPack(pack, 40, 20_261_126)),
};
process.stdout.write(JSON.stringify(found));
`;

test("the rule engine as it is bundled gives what it gives unbundled, and what a second evaluator does", async () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-engine-"));
  try {
    const outfile = join(folder, "agreeing.mjs");
    const { banner, mainFields, alias, ...format } = bundle;
    const { metafile } = await build({
      ...format,
      mainFields: [...mainFields],
      alias: { ...alias },
      stdin: {
        contents: comparing,
        resolveDir: fileURLToPath(new URL("../coverage/agreement", import.meta.url)),
      },
      outfile,
      bundle: true,
      metafile: true,
      platform: "node",
      format: "esm",
      banner: { js: banner },
    });
    const engine = Object.keys(metafile.inputs).filter((path) => path.includes("@bufbuild/"));
    expect(engine.filter((path) => !path.includes("@bufbuild/cel/"))).toEqual([]);
    expect(engine.length).toBeGreaterThan(20);
    const told = execFileSync(process.execPath, [outfile], { encoding: "utf8" });
    const { expressions, steps, packs } = JSON.parse(told) as {
      expressions: Agreement;
      steps: Agreement;
      packs: Agreement[];
    };
    for (const found of [expressions, steps, ...packs]) {
      expect(found.disagreements).toEqual([]);
      expect(found.compared).toBeGreaterThan(20);
      expect(found.valued).toBeGreaterThan(10);
    }
    expect(expressions).toEqual(agreeOnExpressions(150, 20_261_126));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
