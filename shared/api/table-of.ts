import type { Route } from "./route.ts";

/** The names that more than one of the groups has: a row of that name would go without a word. */
export type Clashing<Groups extends readonly object[], Seen = never> = Groups extends readonly [
  infer First,
  ...infer Rest extends readonly object[],
]
  ? (keyof First & Seen) | Clashing<Rest, Seen | keyof First>
  : never;

type Merged<Groups extends readonly object[]> = Groups extends readonly [
  infer First,
  ...infer Rest extends readonly object[],
]
  ? First & Merged<Rest>
  : unknown;

/** Groups of rows as one table. Two rows of one name do not compile. */
export const tableOf = <const Groups extends readonly Readonly<Record<string, Route>>[]>(
  ...groups: [Clashing<Groups>] extends [never] ? Groups : readonly Clashing<Groups>[]
): { readonly [Name in keyof Merged<Groups>]: Merged<Groups>[Name] } =>
  Object.assign({}, ...groups);
