import { greatest, least } from "../../base/least.ts";
import { ints, none, type Possible } from "./possible.ts";

type Ints = Extract<Possible, { kind: "int" }>;

/** What CEL's integer operator `name` can give; undefined for an operator this does not know. */
export function possibleInts(name: string, a: Ints, b: Ints): Possible | undefined {
  switch (name) {
    case "_+_":
      return ints(a.from + b.from, a.to + b.to);
    case "_-_":
      return ints(a.from - b.to, a.to - b.from);
    case "_*_":
      return hull([a.from * b.from, a.from * b.to, a.to * b.from, a.to * b.to]);
    case "_/_":
      return quotient(a, b);
    case "_%_":
      return remainder(a, b);
    case "least":
      return ints(least(a.from, b.from), least(a.to, b.to));
    case "greatest":
      return ints(greatest(a.from, b.from), greatest(a.to, b.to));
    default:
      return undefined;
  }
}

/** What comparing by `name` can give. */
export function possibleOrder(name: string, a: Ints, b: Ints): { yes: boolean; no: boolean } {
  switch (name) {
    case "_<_":
      return { yes: a.from < b.to, no: a.to >= b.from };
    case "_<=_":
      return { yes: a.from <= b.to, no: a.to > b.from };
    case "_>_":
      return { yes: a.to > b.from, no: a.from <= b.to };
    case "_>=_":
      return { yes: a.to >= b.from, no: a.from < b.to };
    default: {
      const meets = a.from <= b.to && b.from <= a.to;
      const fixed = a.from === a.to && b.from === b.to && a.from === b.from;
      return name === "_==_" ? { yes: meets, no: !fixed } : { yes: !fixed, no: meets };
    }
  }
}

/** Division cuts towards zero, so its extremes lie at the extremes of both and at divisors next to zero. */
function quotient(a: Ints, b: Ints): Possible {
  const divisors = [b.from, b.to, -1n, 1n].filter(
    (each) => each !== 0n && each >= b.from && each <= b.to,
  );
  return hull(divisors.flatMap((each) => [a.from / each, a.to / each]));
}

/** A remainder has its dividend's sign and is smaller than its divisor. */
function remainder(a: Ints, b: Ints): Possible {
  if (b.from === 0n && b.to === 0n) return none;
  const largest = greatest(abs(b.from), abs(b.to)) - 1n;
  const high = a.to > 0n ? least(largest, a.to) : 0n;
  const low = a.from < 0n ? greatest(-largest, a.from) : 0n;
  return ints(low, high);
}

function hull(values: readonly bigint[]): Possible {
  const [first, ...rest] = values;
  return first === undefined ? none : ints(rest.reduce(least, first), rest.reduce(greatest, first));
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);
