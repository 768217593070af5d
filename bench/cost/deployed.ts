/** What stands in the templates of either stage whether or not anybody calls: test/lib/alarms.test.ts counts them there. */
export const standing = {
  keys: 13,
  alarms: 43,
  dashboards: 1,
  secrets: 2,
  /** Queues that Lambda polls. */
  polledQueues: 4,
} as const;

/** How often a function comes by itself, in minutes, and its memory, in MiB. */
export const schedules: Readonly<Record<string, readonly [everyMinutes: number, MiB: number]>> = {
  adjudicator: [1, 1024],
  sequencer: [1, 512],
  signer: [1, 512],
  publisher: [1, 1024],
  announcer: [1, 512],
  payouts: [1, 1024],
  reconciliation: [1, 1024],
  exporter: [1, 1024],
  importer: [1, 1024],
  shadow: [1, 3008],
  eraser: [60, 1024],
  totals: [60, 1024],
  "self-audit": [60, 2048],
};

/** Mean memory of the four jobs of a turn, and memory of the claimant's function, in MiB. */
export const turnMiB = 768;
export const claimMiB = 512;
