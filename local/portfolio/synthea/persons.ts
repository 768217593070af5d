import { type Day, parseDay } from "../../../shared/base/day.ts";
import { Malformed } from "../../../shared/base/malformed.ts";
import type { Rejection } from "../portfolio.ts";
import { readId } from "./fields.ts";
import { eachRow } from "./table.ts";

/** A patient as the rest of the portfolio sees one: an ordinal, a birth day and a made-up account. */
export interface Person {
  readonly key: string;
  readonly birthDay: Day;
  readonly account: string;
}

/** Persons by patient id. Names, addresses and numbers of identity papers are never read. */
export async function readPersons(
  dir: string,
  file: string,
  rejected: Rejection[],
): Promise<Map<string, Person>> {
  const persons = new Map<string, Person>();
  await eachRow(dir, file, ["Id", "BIRTHDATE"], rejected, (row) => {
    const patient = readId(row.Id, "Id");
    if (persons.has(patient)) throw new Malformed("Id", "is a repeated patient Id");
    const ordinal = persons.size + 1;
    persons.set(patient, {
      key: `person-${ordinal}`,
      birthDay: parseDay(row.BIRTHDATE, "BIRTHDATE"),
      account: `SIM${ordinal.toString().padStart(9, "0")}`,
    });
  });
  return persons;
}
