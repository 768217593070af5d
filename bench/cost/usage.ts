/** What something uses of each service, in that service's units; fractions where it is a mean. */
export interface Usage {
  /** Requests to the API. */
  readonly requests: number;
  /** Calls of functions. */
  readonly calls: number;
  /** Processor time of the functions, the stubs before them included. */
  readonly cpuMs: number;
  /** Database transactions, and those of them that wrote. */
  readonly transactions: number;
  readonly writes: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** Time in which the database worked on statements. */
  readonly activeMs: number;
  /** By how much the database grew. */
  readonly storedBytes: number;
  readonly s3Puts: number;
  readonly s3Gets: number;
  /** By how much the buckets grew. */
  readonly objectBytes: number;
  readonly kmsSymmetric: number;
  readonly kmsAsymmetric: number;
  /** Messages sent. */
  readonly messages: number;
  readonly events: number;
  readonly logBytes: number;
}

export type UsageName = keyof Usage;

/** What uses nothing. */
export const noUsage: Usage = {
  requests: 0,
  calls: 0,
  cpuMs: 0,
  transactions: 0,
  writes: 0,
  readBytes: 0,
  writtenBytes: 0,
  activeMs: 0,
  storedBytes: 0,
  s3Puts: 0,
  s3Gets: 0,
  objectBytes: 0,
  kmsSymmetric: 0,
  kmsAsymmetric: 0,
  messages: 0,
  events: 0,
  logBytes: 0,
};

/** What of `usage` is more than nothing. */
export const usedOf = (usage: Usage): Partial<Usage> =>
  Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== 0));

/** `usage`, each part made anew by `change`. */
export const mapUsage = (usage: Usage, change: (value: number, name: UsageName) => number): Usage =>
  Object.fromEntries(
    (Object.entries(usage) as [UsageName, number][]).map(([name, value]) => [
      name,
      change(value, name),
    ]),
  ) as unknown as Usage;

export const sumOf = (one: Usage, other: Usage): Usage =>
  mapUsage(one, (value, name) => value + other[name]);

export const timesOf = (usage: Usage, times: number): Usage =>
  mapUsage(usage, (value) => value * times);

/** What count.ts counted. */
export interface Counted {
  readonly countedOn: string;
  /** A claim with a policy of its own, decided and its payout proposed, without the turn of the jobs. */
  readonly claim: Usage;
  /** One turn of adjudicator, sequencer, signer and publisher, however many claims share it. */
  readonly turn: Usage;
  /** One scheduled call that finds nothing to do; what it doesn't use is left out. */
  readonly sweeps: Readonly<Record<string, Partial<Usage>>>;
  /** `function metric` for all that such calls write. */
  readonly sweptMetrics: readonly string[];
}
