/** The classes of personal data that are closed, and erased, apart. */
export const partClasses = ["identity-and-health", "financial"] as const;
export type PartClass = (typeof partClasses)[number];

/** Whether the classes stand each once, in their order; what is no class stands nowhere. */
export const classesInOrder = (classes: readonly unknown[]): boolean =>
  classes.every((each, at) => at === 0 || placeOf(each) > placeOf(classes[at - 1]));

const placeOf = (each: unknown): number => (partClasses as readonly unknown[]).indexOf(each);

/** Most places one `erasure.recorded` names: with them it stays below a record's 65,535 bytes. */
export const maxCovers = 500;
