/** The classes of personal data that are closed, and erased, apart. */
export const partClasses = ["identity-and-health", "financial"] as const;
export type PartClass = (typeof partClasses)[number];

/** Most places one `erasure.recorded` names: with them it stays below a record's 65,535 bytes. */
export const maxCovers = 500;
