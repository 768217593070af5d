import { insurerSchema } from "../../shared/api/insurer-id.ts";
import { currencySchema } from "../../shared/base/codec.ts";
import type { Currency } from "../../shared/base/money.ts";
import { isOpen, openLog } from "./open-log.ts";
import type { Services } from "./services.ts";

/** An insurer that a person adds to the platform of this machine. */
export interface Added {
  readonly insurer: string;
  readonly currency: Currency;
}

/** Reads `ID:CURRENCY`; undefined where it is neither. */
export function parseAdded(text: string): Added | undefined {
  const [id, code, ...more] = text.split(":");
  const [insurer, currency] = [insurerSchema.safeParse(id), currencySchema.safeParse(code)];
  const read = insurer.success && currency.success && more.length === 0;
  return read ? { insurer: insurer.data, currency: currency.data } : undefined;
}

/** Opens the log of each, as an operator's call does in a deployment, and lets its signer begin; one that is open stays as it is. Throws HalfOpen. */
export async function addInsurers(services: Services, added: readonly Added[]): Promise<void> {
  for (const { insurer, currency } of added) {
    if (await isOpen(services, insurer)) continue;
    const tenant = { insurer, kind: "insurer", simulation: false, currency } as const;
    await openLog(services, { ...tenant, bands: [], packs: [] });
  }
}
