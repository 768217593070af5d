import { enrol } from "../../functions/adapters/postgres/principals.ts";
import { addPolicy } from "../../functions/operator/core.ts";
import { parseDay } from "../../shared/base/day.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { xiangHuBao2 } from "../../shared/coverage/packs.ts";
import type { Principal } from "../../shared/ports/claims.ts";
import { type LocalUser, localUser } from "../issuer/users.ts";
import { keptSeed, type Seed } from "./kept-seed.ts";
import { furnishLog, isOpen, type NewInsurer, openLog } from "./open-log.ts";
import type { Services } from "./services.ts";

/** The insurer a new platform starts with, and its one policy's limit in fen. */
export const seedInsurer = "example-mutual";
const limitMinor = 30_000_000n;
const bandUpTo = 50_000_000n;

/** Who can fetch a token here. Roles come from the principal table, as everywhere. */
export const localUsers: readonly LocalUser[] = [
  localUser("amina", "claimant"),
  localUser("bruno", "adjuster"),
  localUser("dora", "adjuster"),
  localUser("rita", "releaser"),
  localUser("ulla", "underwriter"),
  localUser("olga", "operator"),
  localUser("carla", "auditor"),
  localUser("clinic", "intake", "machine"),
];

const { retroactive: _, ...firstText } = xiangHuBao2;

const seedLog: NewInsurer = {
  insurer: seedInsurer,
  kind: "insurer",
  simulation: false,
  currency: "CNY",
  bands: [{ upTo: bandUpTo, approvers: 0n }],
  payer: { name: "Example Mutual Aid", account: "SIMPAYER000001" },
  packs: [{ ...firstText, version: 1 }],
};

/** Opens the example insurer with one pack and one policy, unless that was done; a start that was cut off is completed. */
export async function seedPlatform(services: Services, folder: string): Promise<Seed> {
  const names = localUsers.map(({ username }) => username);
  const seed = keptSeed(folder, names, services.ports.random);
  const open = await isOpen(services, seedInsurer);
  const [pack] = await (open ? furnishLog : openLog)(services, seedLog);
  if (pack) await issueSeedPolicy(services, seed, pack);
  return seed;
}

async function issueSeedPolicy({ ports }: Services, seed: Seed, pack: Handle): Promise<void> {
  const rows = await ports.store.read(seedInsurer, (on) => on.streams("policy", [seed.policy]));
  if (rows.length > 0) return;
  const insured = seed.persons.amina;
  if (!insured) return;
  const terms = {
    insured,
    parties: [
      { role: "holder" as const, person: insured },
      { role: "insured" as const, person: insured },
    ],
    coverage: "critical-illness",
    start: parseDay("2019-01-01", "start"),
    end: null,
    birthDate: parseDay("1988-05-17", "birth date"),
    limit: { minor: limitMinor, currency: "CNY" as const },
    pack,
  };
  const act = { kind: "machine", now: ports.clock() } as const;
  const issued = await addPolicy(ports, seedInsurer, seed.policy, terms, act);
  if (isRefusal(issued)) throw new Error(`bug: ${issued.detail}`);
}

/** Enrols the local users with an insurer, under the issuer that signs their tokens; one who was erased is nobody here. */
export async function enrolUsers(
  services: Services,
  seed: Seed,
  issuer: string,
  insurer: string,
): Promise<void> {
  for (const { username, sub, kind, groups } of localUsers) {
    const person = seed.persons[username];
    if (!person) continue;
    const principal: Principal = {
      insurer,
      role: groups[0] as Principal["role"],
      person,
      kind,
    };
    await enrol(services.pools.app, issuer, sub, principal);
  }
}
