import { Malformed } from "../../../shared/base/malformed.ts";
import {
  PortfolioError,
  type PortfolioInsurer,
  type Rejection,
  schedulePack,
} from "../portfolio.ts";
import { readId } from "./fields.ts";
import { eachRow } from "./table.ts";

/** The tenant that takes in claims of people without an insurer. */
export const noInsurer = "no-insurer";

/** Insurers by payer id, in the order of the file. Payers without encounters are insurers too. Throws PortfolioError where there is none. */
export async function readInsurers(
  dir: string,
  file: string,
  rejected: Rejection[],
): Promise<Map<string, PortfolioInsurer>> {
  const insurers = new Map<string, PortfolioInsurer>();
  const ids = new Set<string>();
  await eachRow(dir, file, ["Id", "NAME"], rejected, (row) => {
    const payer = readId(row.Id, "Id");
    if (insurers.has(payer)) throw new Malformed("Id", "is a repeated payer Id");
    const insurer = insurerNamed(row.NAME);
    if (ids.has(insurer.id)) throw new Malformed("NAME", "gives the insurer id of another payer");
    ids.add(insurer.id);
    insurers.set(payer, insurer);
  });
  if (insurers.size === 0) throw new PortfolioError(`${file} has no payer that could be read`);
  return insurers;
}

function insurerNamed(name: string): PortfolioInsurer {
  if (name === "NO_INSURANCE") {
    return { id: noInsurer, kind: "intake", pack: null, currency: "USD" };
  }
  const id = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  if (!/[a-z0-9]/.test(id) || id.length > 63) {
    throw new Malformed("NAME", "gives no insurer id of 1 to 63 characters");
  }
  if (id === noInsurer) throw new Malformed("NAME", `gives the reserved id ${noInsurer}`);
  return { id, kind: "insurer", pack: schedulePack, currency: "USD" };
}
