import { greatest, least } from "../../base/least.ts";

/**
 * What an expression can come to, as far as it can be told without a claim: always a superset. `none`: it never has a result. Integers are all
 * from `from` to `to`; `only` null: any text; `items` null: a list whose items are not known.
 */
export type Possible =
  | { readonly kind: "none" }
  | { readonly kind: "bool"; readonly canTrue: boolean; readonly canFalse: boolean }
  | { readonly kind: "int"; readonly from: bigint; readonly to: bigint }
  | { readonly kind: "text"; readonly only: ReadonlySet<string> | null }
  | { readonly kind: "list"; readonly items: readonly (string | bigint)[] | null }
  | { readonly kind: "record" };

export const int64 = { from: -(2n ** 63n), to: 2n ** 63n - 1n } as const;
/** Sets of texts beyond this are told as any text. */
const mostTexts = 500;

export const none: Possible = { kind: "none" };
export const anyBool: Possible = { kind: "bool", canTrue: true, canFalse: true };
export const anyInt: Possible = { kind: "int", ...int64 };
export const anyText: Possible = { kind: "text", only: null };

/** The integers from `from` to `to` that 64 bits hold; what is beyond has no result. */
export const ints = (from: bigint, to: bigint): Possible => {
  const [low, high] = [greatest(from, int64.from), least(to, int64.to)];
  return low > high ? none : { kind: "int", from: low, to: high };
};

export const bools = (canTrue: boolean, canFalse: boolean): Possible =>
  canTrue || canFalse ? { kind: "bool", canTrue, canFalse } : none;

export const texts = (only: Iterable<string>): Possible => {
  const set = new Set(only);
  if (set.size > mostTexts) return anyText;
  return set.size === 0 ? none : { kind: "text", only: set };
};

/** What is possible in both. */
export function meet(a: Possible, b: Possible): Possible {
  if (a.kind === "int" && b.kind === "int")
    return ints(greatest(a.from, b.from), least(a.to, b.to));
  if (a.kind === "bool" && b.kind === "bool") {
    return bools(a.canTrue && b.canTrue, a.canFalse && b.canFalse);
  }
  if (a.kind === "text" && b.kind === "text") {
    if (a.only === null || b.only === null) return a.only === null ? b : a;
    const { only } = b;
    return texts([...a.only].filter((text) => only.has(text)));
  }
  return a.kind === "none" ? a : b.kind === "none" ? b : a;
}

/** What is possible in either. */
export function join(a: Possible, b: Possible): Possible {
  if (a.kind === "none") return b;
  if (b.kind === "none") return a;
  if (a.kind === "int" && b.kind === "int")
    return ints(least(a.from, b.from), greatest(a.to, b.to));
  if (a.kind === "bool" && b.kind === "bool") {
    return bools(a.canTrue || b.canTrue, a.canFalse || b.canFalse);
  }
  if (a.kind === "text" && b.kind === "text") {
    return a.only === null || b.only === null ? anyText : texts([...a.only, ...b.only]);
  }
  if (a.kind === "list") return { kind: "list", items: null };
  return a;
}

/** The one value that is possible; undefined where there are none or several. */
export function onlyValue(possible: Possible): bigint | boolean | string | undefined {
  switch (possible.kind) {
    case "int":
      return possible.from === possible.to ? possible.from : undefined;
    case "bool":
      return possible.canTrue === possible.canFalse ? undefined : possible.canTrue;
    case "text":
      return possible.only?.size === 1 ? [...possible.only][0] : undefined;
    default:
      return undefined;
  }
}
