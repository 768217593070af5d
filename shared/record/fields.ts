/** Where the newest value of each referable field of a stream lies: the version of the record that carries it, and its salt. */
export type FieldIndex = Readonly<
  Record<string, { readonly version: bigint; readonly salt: string }>
>;

/** The index after a record of `version` whose `openings` carry `referable` fields. */
export function indexFields(
  before: FieldIndex,
  version: bigint,
  openings: readonly { readonly path: string; readonly salt: string }[],
  referable: readonly string[],
): FieldIndex {
  const after: Record<string, { version: bigint; salt: string }> = { ...before };
  for (const { path, salt } of openings) {
    if (referable.includes(path)) after[path] = { version, salt };
  }
  return after;
}
