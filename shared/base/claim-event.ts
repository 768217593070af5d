/** The kinds of event a claim can be about. */
export const claimEvents = ["illness", "accident", "death", "service"] as const;
export type ClaimEvent = (typeof claimEvents)[number];
