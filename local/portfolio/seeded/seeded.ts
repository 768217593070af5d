import { type Day, formatDay, parseDay } from "../../../shared/base/day.ts";
import { assert } from "../../../shared/base/malformed.ts";
import {
  type Portfolio,
  type PortfolioClaim,
  type PortfolioPolicy,
  xiangHuBaoPack,
} from "../portfolio.ts";
import { benefitFrom40, benefitUnder40, type Scene, scenes } from "./scenes.ts";
import { type Draws, splitMix64 } from "./splitmix64.ts";

/** The insurer of the seeded portfolio. */
export const seededInsurer = "xiang-hu-bao-demo";
/** The claim of the COVID-19 story: referred under the pack's version 1, paid under version 2. */
export const covidStoryKey = "covid-19-story";
/** What version 2 pays on it, in fen. */
export const covidBenefitMinor = 10_000_000n;

const seed = 20_200_203n;
const firstDay = parseDay("2020-01-10", "first day");
const lastOffset = 330;

interface Casting {
  readonly claim: PortfolioClaim;
  readonly policy: PortfolioPolicy | null;
  readonly person: string;
}

/** A thousand claims of 900 persons to one mutual-aid plan in yuan; the same on every machine. No person in it exists. */
export function seededPortfolio(): Portfolio {
  const draws = splitMix64(seed);
  const story = covidStory();
  const cast: Casting[] = [];
  const hosts: Casting[] = [];
  for (const scene of scenes) {
    for (let turn = 0; turn < scene.count; turn++) {
      const key = `claim-${(cast.length + 1).toString().padStart(4, "0")}`;
      const host = scene.further ? hosts.shift() : undefined;
      assert(!scene.further || host !== undefined, "there are as many hosts as further claims");
      const casting = host
        ? furtherClaim(scene, key, host, draws)
        : firstClaim(scene, key, cast.length + 2, draws);
      cast.push(casting);
      if (scene.name.startsWith("whole benefit")) hosts.push(casting);
    }
  }
  const all = [story, ...draws.shuffled(cast)];
  const policies = new Map(all.flatMap(({ policy }) => (policy ? [[policy.key, policy]] : [])));
  return {
    insurers: [{ id: seededInsurer, kind: "insurer", pack: xiangHuBaoPack, currency: "CNY" }],
    policies: [...policies.values()],
    claims: all.map(({ claim }) => claim),
    rejected: [],
    persons: new Set(all.map(({ person }) => person)).size,
  };
}

function firstClaim(scene: Scene, key: string, ordinal: number, draws: Draws): Casting {
  const person = `person-${ordinal}`;
  const day = firstDay + BigInt(draws.between(0, lastOffset));
  const birthDay = scene.age && birthDayFor(scene.age, day, draws);
  const start = scene.membershipDays && day - BigInt(draws.between(...scene.membershipDays));
  const limit = scene.age && scene.age[0] > 39 ? benefitFrom40 : benefitUnder40;
  const policy = start === null ? null : membership(person, start, birthDay, limit);
  return { claim: claimOf(scene, key, person, policy, day, draws), policy, person };
}

/** A claim of the same person under the same membership; a second benefit asks what the first one did. */
function furtherClaim(scene: Scene, key: string, host: Casting, draws: Draws): Casting {
  const { policy, person } = host;
  assert(policy !== null, "a host is a member");
  const offset = scene.membershipDays && draws.between(...scene.membershipDays);
  const day =
    offset !== null && offset < 0
      ? policy.startDay + BigInt(offset)
      : host.claim.submission.lossDate;
  const claimedMinor = policy.limit?.minor ?? scene.claimedMinor;
  const claim = claimOf({ ...scene, claimedMinor }, key, person, policy, day, draws);
  return { claim, policy, person };
}

/** A birth day that makes somebody between `low` and `high` whole years old on `day`. */
function birthDayFor([low, high]: readonly [number, number], day: Day, draws: Draws): Day {
  const [year, monthAndDay] = [Number(formatDay(day).slice(0, 4)), formatDay(day).slice(4)];
  const years = draws.between(low, high);
  const birthday = parseDay(`${year - years}${monthAndDay.replace("02-29", "02-28")}`, "birth day");
  return birthday - BigInt(draws.between(0, 300));
}

const membership = (
  person: string,
  startDay: Day,
  birthDay: Day | null,
  limitMinor: bigint,
): PortfolioPolicy => ({
  key: `${seededInsurer}/${person}`,
  insurer: seededInsurer,
  insured: person,
  startDay,
  endDay: null,
  coverage: "critical-illness",
  birthDay,
  limit: { minor: limitMinor, currency: "CNY" },
  pack: xiangHuBaoPack,
});

function claimOf(
  scene: Scene,
  key: string,
  person: string,
  policy: PortfolioPolicy | null,
  day: Day,
  draws: Draws,
): PortfolioClaim {
  const claimed = { minor: scene.claimedMinor, currency: "CNY" } as const;
  return {
    key,
    insurer: seededInsurer,
    policy: policy?.key ?? null,
    insured: person,
    submission: {
      event: scene.event,
      lossDate: day,
      ...(scene.hasDiagnosisDay ? { diagnosisDate: day } : {}),
      diagnoses: [{ system: "icd-10", code: draws.oneOf(scene.codes) }],
      lines: [{ service: "mutual aid benefit", claimed }],
      payee: {
        name: `Simulated ${person}`,
        account: `SIM${person.slice("person-".length).padStart(9, "0")}`,
      },
    },
    eligibility: scene.eligibility,
    confirmZero: false,
    ...(scene.expected ? { expected: scene.expected } : {}),
  };
}

function covidStory(): Casting {
  const person = "person-1";
  const start = parseDay("2019-03-04", "start");
  const policy = membership(person, start, parseDay("1985-06-15", "birth"), benefitUnder40);
  const claimed = { minor: covidBenefitMinor, currency: "CNY" } as const;
  const claim: PortfolioClaim = {
    key: covidStoryKey,
    insurer: seededInsurer,
    policy: policy.key,
    insured: person,
    submission: {
      event: "death",
      lossDate: parseDay("2020-02-10", "loss"),
      diagnosisDate: parseDay("2020-01-28", "diagnosis"),
      diagnoses: [{ system: "icd-10", code: "U07.1" }],
      lines: [{ service: "mutual aid benefit", claimed }],
      payee: { name: "Simulated person-1", account: "SIM000000001" },
    },
    eligibility: "covered",
    confirmZero: false,
    expected: { outcome: "REFER", minor: 0n },
  };
  return { claim, policy, person };
}
