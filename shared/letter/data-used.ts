import type { Json } from "../base/canonical.ts";
import { type Currency, isCurrency, parseAmount } from "../base/money.ts";
import type { FactsRead } from "../coverage/facts-read.ts";
import { factNames, type Unit } from "./names.ts";
import { sayCode, sayDate, sayList, sayMoney } from "./say.ts";

type Members = Readonly<Record<string, Json>>;

/** The facts a letter lists, each by its name with its value: `read` as a trace states them, all or those that `only` names. */
export function factLines(read: FactsRead, currency: Currency, only?: readonly string[]): string[] {
  return Object.entries(factNames).flatMap(([path, [name, unit]]) => {
    const value = read[path];
    if (only && !only.includes(path)) return [];
    if (value === undefined || (path === "policy.present" && value === true)) return [];
    return [`${name}: ${sayFact(value, unit, currency)}`];
  });
}

function sayFact(value: Json, unit: Unit, currency: Currency): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    return unit === "lines"
      ? items.map((line) => sayLine(line as Members, currency)).join("; ")
      : sayList(
          items.map((code) => sayCode(String(code))),
          "and",
        );
  }
  if (unit === "sums") {
    const sums = Object.entries(value as Readonly<Record<string, string>>);
    return sums
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, sum]) => `${name} ${sayMoney({ minor: BigInt(sum), currency })}`)
      .join("; ");
  }
  const text = String(value);
  if (unit === "day") return text === "2999-12-31" ? "none stated" : sayDate(text);
  return unit === "money" ? sayMoney({ minor: BigInt(text), currency }) : text;
}

function sayLine({ service, claimed, contracted }: Members, currency: Currency): string {
  const money = (minor: Json | undefined) => sayMoney({ minor: BigInt(String(minor)), currency });
  const fixed = contracted === undefined ? "" : ` (${money(contracted)} fixed by contract)`;
  return `${String(service)} ${money(claimed)}${fixed}`;
}

/** The names that recorded fields of a claim and its policy have among the facts. */
const factOfField: Readonly<Record<string, string>> = {
  event: "claim.event",
  lossDate: "claim.lossDay",
  diagnosisDate: "claim.diagnosisDay",
  now: "claim.noticeDay",
  diagnoses: "claim.diagnoses",
  claimed: "claim.claimed",
  lines: "claim.lines",
  otherPayer: "claim.otherPaid",
  coverage: "policy.coverage",
  start: "policy.startDay",
  end: "policy.endDay",
  limit: "policy.limit",
  birthDate: "insured.birthDay",
};

/** The inputs of a decision no pack was run for, as a trace would state them. */
export function inputsRead(
  inputs: readonly { readonly field: string; readonly value: Json }[],
): FactsRead {
  const read: Record<string, Json> = {};
  for (const { field, value } of inputs) {
    const path = factOfField[field];
    if (path !== undefined && value !== null) read[path] = stated(field, value);
  }
  return read;
}

function stated(field: string, value: Json): Json {
  if (field === "now") return String(value).slice(0, 10);
  if (field === "diagnoses") {
    return (value as readonly Members[]).map(({ system, code }) => `${system}:${code}`);
  }
  if (field === "lines") {
    return (value as readonly Members[]).map(({ service, claimed, contracted }) => ({
      service: service ?? "",
      claimed: minorOf(claimed),
      ...(contracted ? { contracted: minorOf((contracted as Members).amount) } : {}),
    }));
  }
  if (field === "otherPayer") return minorOf((value as Members).paid);
  return field === "claimed" || field === "limit" ? minorOf(value) : value;
}

/** Minor units, as text, of a recorded amount. */
function minorOf(value: Json | undefined): string {
  const { amount, currency } = value as Members;
  const code = String(currency);
  return isCurrency(code) ? parseAmount(String(amount), code, "amount").toString() : "0";
}
