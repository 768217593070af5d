import type { Eligibility, PortfolioClaim } from "../portfolio.ts";

/** A kind of claim in the seeded portfolio, and how the pack's first version is expected to take it. */
export interface Scene {
  readonly name: string;
  readonly count: number;
  readonly event: PortfolioClaim["submission"]["event"];
  /** ICD-10 codes; each claim has one of them. */
  readonly codes: readonly string[];
  /** Whole years at diagnosis, inclusive; null: the date of birth is unknown. */
  readonly age: readonly [number, number] | null;
  /** Days from the start of membership to diagnosis, inclusive; null: no membership. */
  readonly membershipDays: readonly [number, number] | null;
  /** What is asked, in fen; the membership's limit is the benefit of the age. */
  readonly claimedMinor: bigint;
  readonly hasDiagnosisDay: boolean;
  /** A further claim of somebody whose whole benefit was asked in another one. */
  readonly further: boolean;
  readonly eligibility: Eligibility;
  /** Undefined where it depends on which of two claims comes first. */
  readonly expected?: NonNullable<PortfolioClaim["expected"]>;
}

export const benefitUnder40 = 30_000_000n;
export const benefitFrom40 = 10_000_000n;

const tumours = ["C16.9", "C18.9", "C22.0", "C34.9", "C50.9", "C73", "C91.0"];
const listed = [...tumours, "I21.0", "I61.9", "I63.9", "N18.5", "D61.9", "G12.2", "Z94.0"];
const injuries = ["S06.2", "T31.4", "T31.6"];
const unlisted = ["E11.9", "I10", "J18.9", "K35.8", "M51.2", "D10.0"];

const member: Omit<Scene, "name" | "count"> = {
  event: "illness",
  codes: listed,
  age: [18, 38],
  membershipDays: [120, 400],
  claimedMinor: benefitUnder40,
  hasDiagnosisDay: true,
  further: false,
  eligibility: "covered",
};
const pay = (minor: bigint) => ({ expected: { outcome: "PAY", minor } as const });
const refer = { expected: { outcome: "REFER", minor: 0n } as const };
const from40 = { age: [41, 58], claimedMinor: benefitFrom40 } as const;

/** 999 claims; with the COVID-19 story a thousand. Scenes without `further` come first: they bring the persons the others come back to. */
export const scenes: readonly Scene[] = [
  { ...member, name: "whole benefit under 40", count: 380, ...pay(benefitUnder40) },
  { ...member, name: "whole benefit from 40", count: 240, ...from40, ...pay(benefitFrom40) },
  {
    ...member,
    name: "more than the benefit asked",
    count: 60,
    age: [41, 58],
    expected: { outcome: "PAY_PART", minor: benefitFrom40 },
  },
  { ...member, name: "less asked", count: 40, claimedMinor: 12_000_050n, ...pay(12_000_050n) },
  {
    ...member,
    name: "accident in the waiting period",
    count: 50,
    event: "accident",
    codes: injuries,
    membershipDays: [0, 89],
    ...pay(benefitUnder40),
  },
  { ...member, name: "waiting period", count: 60, membershipDays: [0, 89], ...refer },
  { ...member, name: "tumour of the skin", count: 10, codes: ["C44.3"], ...refer },
  { ...member, name: "too old", count: 10, age: [61, 75], claimedMinor: benefitFrom40, ...refer },
  { ...member, name: "date of birth unknown", count: 5, age: null, ...refer },
  {
    ...member,
    name: "accident without a day of diagnosis",
    count: 5,
    event: "accident",
    codes: injuries,
    hasDiagnosisDay: false,
    ...refer,
  },
  { ...member, name: "other death", count: 15, event: "death", codes: ["J18.9"], ...refer },
  {
    ...member,
    name: "no membership",
    count: 24,
    membershipDays: null,
    eligibility: "no-policy",
    ...refer,
  },
  { ...member, name: "second whole benefit", count: 15, further: true },
  { ...member, name: "not listed", count: 60, codes: unlisted, further: true, ...refer },
  {
    ...member,
    name: "before membership",
    count: 25,
    membershipDays: [-200, -1],
    further: true,
    eligibility: "outside-window",
    ...refer,
  },
];
