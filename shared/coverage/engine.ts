/** What evaluated a pack; a decision seals id and version, and an audit re-executes with the same ones. */
export const engine = {
  id: "countersign-cel",
  version: "1",
  library: "@bufbuild/cel 0.6.1",
} as const;
