/** How many entries and decisions there are, and what became of each decision. */
export interface Tally {
  entries: number;
  decisions: number;
  reexecuted: number;
  withheld: number;
  erased: number;
  holes: number;
}

/** Nothing counted yet. */
export const newTally = (): Tally => ({
  entries: 0,
  decisions: 0,
  reexecuted: 0,
  withheld: 0,
  erased: 0,
  holes: 0,
});

/** Acts that need openings to be made again, and how many were. */
export interface Acts {
  sealed: number;
  reexecuted: number;
}
