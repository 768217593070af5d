import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A tiny portfolio in Synthea's layout: three patients, three payers, four encounters. */
export const tables = {
  payers: [
    "Id,NAME,OWNERSHIP",
    "pay-1,Blue Cross (Blue) Shield,PRIVATE",
    "pay-2,Aetna,PRIVATE",
    "pay-0,NO_INSURANCE,NO_INSURANCE",
  ],
  patients: [
    "Id,BIRTHDATE,DEATHDATE,SSN,FIRST,LAST",
    "pat-1,1980-02-29,,999-10-9026,Valentine262,Hilll811",
    "pat-2,1957-08-07,,999-31-1198,Kim439,Morissette863",
    "pat-3,2001-12-31,2020-01-01,999-77-0001,Ada1,Zett9",
  ],
  payer_transitions: [
    "PATIENT,MEMBERID,START_DATE,END_DATE,PAYER,OWNER_NAME",
    "pat-1,m-1,2019-03-01T10:00:00Z,2020-03-01T10:00:00Z,pay-1,Valentine262 Hilll811",
    "pat-1,m-1,2020-03-01T10:00:00Z,,pay-1,Valentine262 Hilll811",
    "pat-3,,2019-01-01T00:00:00Z,2020-01-01T00:00:00Z,pay-0,",
  ],
  claims: [
    `Id,PATIENTID,${[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `DIAGNOSIS${n}`).join()},APPOINTMENTID`,
    "c-1,pat-1,314529007,735029006,,,,,,,enc-1",
    "c-2,pat-1,735029006,,,,,,,840539006,enc-1",
    "c-3,pat-2,314529007,,,,,,,,enc-2",
  ],
  encounters: [
    "Id,START,STOP,PATIENT,PAYER,ENCOUNTERCLASS,CODE,DESCRIPTION,TOTAL_CLAIM_COST,PAYER_COVERAGE",
    "enc-1,2019-05-01T08:00:00Z,,pat-1,pay-1,wellness,410620009,Well child visit,272.80,100.5",
    "enc-2,1956-01-03T11:59:15Z,,pat-2,pay-1,ambulatory,185347001,Encounter,85.55,85.55",
    "enc-3,2019-06-01T00:00:00Z,,pat-3,pay-0,emergency,50849002,Emergency,10,0.00",
    "enc-4,2024-01-01T00:00:00Z,,pat-1,pay-1,inpatient,185347001,Encounter,90,0",
  ],
} as const;
export type TableName = keyof typeof tables;
export type Contents = Partial<Record<TableName, string | Uint8Array | null>>;

export const csv = (lines: readonly string[]): string => `${lines.join("\n")}\n`;

/** The lines of table `name` with `more` behind them. */
export const withRows = (name: TableName, ...more: string[]): string =>
  csv([...tables[name], ...more]);

/** Runs `use` on a folder with the tiny portfolio, `contents` in place of its tables (null: the file is not there). */
export async function inFolder<T>(
  contents: Contents,
  use: (dir: string) => Promise<T>,
  extra: Readonly<Record<string, Uint8Array>> = {},
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), "portfolio "));
  try {
    for (const name of Object.keys(tables) as TableName[]) {
      const content = contents[name] === undefined ? csv(tables[name]) : contents[name];
      if (content !== null) await writeFile(join(dir, `${name}.csv`), content);
    }
    for (const [name, bytes] of Object.entries(extra)) await writeFile(join(dir, name), bytes);
    return await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
