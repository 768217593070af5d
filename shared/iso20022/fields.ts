import { type Day, parseDay } from "../base/day.ts";
import { Malformed } from "../base/malformed.ts";
import { type Decimal, formatDecimal, parseDecimal } from "./control-sum.ts";
import { messageLimits } from "./message-limits.ts";

/** An amount as a bank wrote it, of whatever size and however fine, in whatever currency: whether it is a payout's is for its reader to say. */
export interface ReportedAmount {
  readonly currency: string;
  readonly decimal: string;
}

/** A text with the currency its element names. */
export interface AmountText {
  readonly currency: string | undefined;
  readonly text: string;
}

export type Value = string | AmountText | Fields | readonly Value[];

/**
 * The elements of one element that its reader knows, by name: text, amounts, others of this kind. Every getter takes a path of names joined with
 * `/`, gives undefined where it leads nowhere, and throws Malformed that names the place.
 */
export class Fields {
  readonly #values = new Map<string, Value>();
  /** The element this one stands in. */
  readonly up: Fields | undefined;
  readonly #step: string;

  constructor(step: string, up?: Fields) {
    this.#step = step;
    this.up = up;
  }

  /** Where it stands in the document: "Document/…/Ntry[3]". */
  get where(): string {
    return this.up ? `${this.up.where}/${this.#step}` : this.#step;
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  /** Whether it holds any element its reader knows. */
  get holds(): boolean {
    return this.#values.size > 0;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  at(path: string): Value | undefined {
    let value: Value | undefined = this;
    for (const name of path.split("/")) {
      value = value instanceof Fields ? value.#values.get(name) : undefined;
    }
    return value;
  }

  /** What stands at `path`, as `read` reads it, or Malformed where there is nothing. */
  must<T>(path: string, read: (path: string) => T | undefined): T {
    const value = read.call(this, path);
    if (value === undefined) throw new Malformed(`${this.where}/${path}`, "is missing");
    return value;
  }

  /** A text of 1 to `longest` characters. */
  text(path: string, longest = 35): string | undefined {
    const value = this.at(path);
    if (typeof value !== "string") return undefined;
    if (value.length < 1 || value.length > longest) {
      throw new Malformed(`${this.where}/${path}`, `has not 1 to ${longest} characters`);
    }
    return value;
  }

  /** A code of an external list: up to 4 capitals and digits. */
  code(path: string): string | undefined {
    const code = this.text(path)?.trim();
    if (code !== undefined && !/^[A-Z0-9]{1,4}$/.test(code)) {
      throw new Malformed(`${this.where}/${path}`, "is not a code of up to 4 characters");
    }
    return code;
  }

  /** A count: Max15NumericText. */
  count(path: string): bigint | undefined {
    const text = this.text(path)?.trim();
    if (text === undefined) return undefined;
    if (!/^[0-9]{1,15}$/.test(text)) throw new Malformed(`${this.where}/${path}`, "is no count");
    return BigInt(text);
  }

  /** A decimal without currency: a control sum, of whatever size. */
  decimal(path: string): Decimal | undefined {
    const text = this.text(path, messageLimits.textLength);
    return text === undefined ? undefined : parseDecimal(text, `${this.where}/${path}`);
  }

  /** An xs:boolean. */
  flag(path: string): boolean | undefined {
    const text = this.text(path)?.trim();
    if (text === undefined) return undefined;
    if (!/^(true|false|1|0)$/.test(text)) {
      throw new Malformed(`${this.where}/${path}`, "is neither true nor false");
    }
    return text === "true" || text === "1";
  }

  /** The day of a DateAndDateTime choice, as the bank's own calendar says it. */
  day(path: string): Day | undefined {
    const text = (this.text(`${path}/Dt`) ?? this.text(`${path}/DtTm`))?.trim();
    if (text === undefined) return undefined;
    const [, day = ""] =
      /^([0-9-]{10})(?:T[0-9:.]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?$/.exec(text) ?? [];
    return parseDay(day, `${this.where}/${path}`);
  }

  /** An amount with its currency: exact, never through a float. */
  amount(path: string): ReportedAmount | undefined {
    const value = this.at(path);
    if (value === undefined || typeof value !== "object" || !("currency" in value))
      return undefined;
    const where = `${this.where}/${path}`;
    const { currency = "", text } = value;
    if (!/^[A-Z]{3}$/.test(currency)) throw new Malformed(`${where}/@Ccy`, "is no currency code");
    return { currency, decimal: formatDecimal(parseDecimal(text, where)) };
  }

  /** An element that was read, as the one there is. */
  group(path: string): Fields | undefined {
    const value = this.at(path);
    return value instanceof Fields ? value : undefined;
  }

  /** The elements of a list. */
  all(name: string): readonly Fields[] {
    const value = this.at(name);
    return Array.isArray(value) ? value.filter((each) => each instanceof Fields) : [];
  }
}
