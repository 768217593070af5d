import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { openFolder, runDoor } from "../cli/door.ts";
import { demoAnswer, oneLine } from "./answer.ts";

/* `npm run demo -- --bank hostile`: exactly the breaks the bank makes are found, and the audit has nothing to say. */
const folder = openFolder("hostile");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a hostile bank's breaks are found, each of them, and every payment file is made again", async () => {
  const [out, work] = [join(folder, "bundle"), join(folder, "work")];
  const run = await runDoor([
    ...["demo", "--json", "--bank", "hostile", "--seed", "seven"],
    ...["--out", out, "--work", work],
  ]);
  const { breaks, payouts, approved, audit } = oneLine(demoAnswer, run.stdout);
  // 0: the audit is ok, and the breaks are the same one by one.
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
  expect(breaks.found).toBe(breaks.injected);
  expect(breaks.injected).toBeGreaterThan(approved.count / 10);
  expect(payouts.count).toBeLessThan(approved.count - breaks.injected / 2);
  const files = readdirSync(join(out, "xiang-hu-bao-demo/openings/payments"));
  expect(audit.payments).toEqual({ files: files.length, rederived: files.length });
  expect(files.length).toBeGreaterThan(5);
}, 600_000);
