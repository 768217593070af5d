import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readTrust } from "../../local/bundle/trust.ts";
import { coveredInsurers } from "../../local/platform/covered-insurers.ts";
import { type Ledger, startLedger } from "../../local/platform/ledger.ts";
import { openLog } from "../../local/platform/open-log.ts";
import { type Services, startServices } from "../../local/platform/services.ts";
import { mainDatabase } from "../../local/postgres/where.ts";
import { verifyCheckpoint } from "../../shared/proof/verify-checkpoint.ts";
import { openFolder } from "../cli/door.ts";
import { type FreshDatabase, freshDatabase } from "../cluster/database.ts";

/* A platform of several insurers beside a witness: each one's log is shown, cosigned, under the policy that was written for it. */
let folder: string;
let database: FreshDatabase;
let services: Services;
let ledger: Ledger;
const said: string[] = [];
const policies = () => join(folder, "policy");

beforeAll(async () => {
  folder = openFolder("every-insurer");
  database = await freshDatabase();
  services = await startServices({
    folder,
    database: mainDatabase,
    databaseUrl: database.superuserUrl,
    originPrefix: "every.example",
    durablePublished: false,
    witnessed: policies(),
    log: () => undefined,
  });
  for (const insurer of ["one", "two"]) await open(insurer);
  ledger = startLedger(services, coveredInsurers(services, policies()), (line) => said.push(line));
});
afterAll(async () => {
  await ledger?.stop();
  await services?.stop();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const open = (insurer: string) =>
  openLog(services, {
    ...{ insurer, kind: "insurer" as const, simulation: true, currency: "CNY" as const },
    ...{ bands: [], packs: [] },
  });

/** What a holder of the insurer's policy says of the checkpoint that is shown; waits for one. */
async function shownOf(insurer: string) {
  for (let left = 1_200; left > 0; left--) {
    const note = await services.published.get(`${insurer}/checkpoint`);
    if (note) {
      const { policy, requirements } = readTrust(join(policies(), `${insurer}.policy`));
      expect(policy.quorum).toBe("local");
      return verifyCheckpoint(note.bytes, policy, requirements);
    }
    await sleep(100);
  }
  return `nothing shown: ${said.join("\n")}`;
}

test("each log is shown cosigned, and so is one that is opened while the platform runs", async () => {
  for (const insurer of ["one", "two"]) expect(await shownOf(insurer)).toMatchObject({ size: 1n });
  await open("three");
  expect(await shownOf("three")).toMatchObject({ size: 1n, origin: "every.example/three" });
});
