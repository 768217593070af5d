import { holdsGenesisAlone } from "../../functions/adapters/postgres/open-logs.ts";
import { maxLogs } from "../../functions/adapters/qldb/table.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { insurerState } from "../../functions/command/insurer-state.ts";
import { addInsurer, setBands, setPayments } from "../../functions/operator/core.ts";
import { keysInForce } from "../../functions/operator/keys.ts";
import { publishPackVersion } from "../../functions/operator/publish-pack.ts";
import { initSigner } from "../../functions/signer/core.ts";
import { latestKey, parseLatest } from "../../functions/signer/latest.ts";
import { logKeysOf } from "../../functions/signer/sign-note.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { BankParty } from "../../shared/base/bank-party.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Currency } from "../../shared/base/money.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Pack } from "../../shared/coverage/pack.ts";
import { formatVerifierKey, type VerifierKey } from "../../shared/log/key.ts";
import { type Band, keyDigest } from "../../shared/policy/insurer.ts";
import type { Connections } from "./connect.ts";
import { ledgerName } from "./qldb.ts";

/** An insurer to open a log for. */
export interface NewInsurer {
  readonly insurer: string;
  readonly kind: "insurer" | "intake";
  readonly simulation: boolean;
  readonly currency: Currency;
  readonly bands: readonly Band[];
  /** Who pays; none for one that pays nothing. */
  readonly payer?: BankParty;
  readonly packs: readonly Pack[];
}

/** The database, the published folder and the signer's store disagree on whether a log exists. */
export class HalfOpen extends Error {
  override readonly name = "HalfOpen";
}

/** The verifier keys of an insurer's log: the platform's signing keys under the log's own name, or the one key of the ledger that all logs are in. */
export const logKeys = (
  { checkpointKeys, ports, qldb }: Connections,
  insurer: string,
): Promise<readonly VerifierKey[]> =>
  qldb ? logKeysOf([qldb.key], qldb.origin) : logKeysOf(checkpointKeys, ports.originOf(insurer));

/** The object that says, in the published folder, that a log was opened, and under which keys, one a line: there before anything is published. */
const openedKey = (insurer: string): string => `${insurer}/opened`;

/**
 * Whether the insurer's log is open. Database, published folder and signer's store must all have it or all lack it; throws
 * HalfOpen, naming what is missing.
 */
export async function isOpen(services: Connections, insurer: string): Promise<boolean> {
  const opened = await services.published.get(openedKey(insurer));
  const places = {
    "the database": (await services.ports.store.insurers()).includes(insurer),
    "the published folder": opened !== undefined,
    "the signer's store": (await services.signed.get(latestKey(insurer))) !== undefined,
  };
  const origin = services.ports.originOf(insurer);
  const missing = Object.entries(places).flatMap(([place, has]) => (has ? [] : [place]));
  if (missing.length === Object.keys(places).length) return false;
  if (missing.length > 0) {
    throw new HalfOpen(
      `The log ${origin} is missing from ${missing.join(" and ")} but not from everywhere: restore what is missing, or start with an empty folder.`,
    );
  }
  return true;
}

/**
 * Opens a log: genesis in the database, the signer's first state, the mark in the published folder, then bands, payer and packs. Gives the streams of
 * the packs, in order. Throws HalfOpen where a QLDB ledger can't hold it: before anything is written, for a log without a table could never be placed.
 */
export async function openLog(services: Connections, log: NewInsurer): Promise<readonly Handle[]> {
  const { ports } = services;
  const { insurer, kind, simulation, currency } = log;
  if (services.qldb && insurer === ledgerName) {
    throw new HalfOpen(`No insurer can be called ${ledgerName}: the ledger is.`);
  }
  if (services.qldb && (await ports.store.insurers()).length >= maxLogs) {
    throw new HalfOpen(`The ledger has no room for ${insurer}: QLDB holds the logs of ${maxLogs}.`);
  }
  const genesis = {
    insurer,
    kind,
    simulation,
    currency,
    keys: [...(await keyLines(services, insurer))],
  };
  demand(await addInsurer(ports, genesis, newHandle(ports.random), actNow(services)));
  await markOpened(services, insurer);
  return furnishLog(services, log);
}

/**
 * Finishes an opening that was cut off between the genesis and the mark. Only where the database has that genesis alone, naming the keys of now, and
 * nothing of the log was ever signed or published: then no tree of it is known to anybody, and a signer without a state has forgotten nothing.
 * Gives whether it did; what it leaves is for {@link isOpen} to judge.
 */
export async function finishOpening(services: Connections, insurer: string): Promise<boolean> {
  const { ports, signed, published, pools } = services;
  if (!(await holdsGenesisAlone(pools.app, insurer))) return false;
  for await (const _ of published.list(`${insurer}/`)) return false;
  for await (const key of signed.list(`${insurer}/`)) {
    const held = key === latestKey(insurer) ? await signed.get(key) : undefined;
    if (!held || parseLatest(held.bytes).size > 0n) return false;
  }
  const named = await keysInForce(ports, insurer);
  const keys = (await keyLines(services, insurer)).map(keyDigest);
  if (keys.join() !== named.join()) return false;
  await markOpened(services, insurer);
  return true;
}

async function markOpened(services: Connections, insurer: string): Promise<void> {
  await initSigner(services.signed, insurer);
  const keys = await keyLines(services, insurer);
  await services.published.putIfAbsent(openedKey(insurer), utf8(keys.join("\n")));
}

/** Nothing is released to a payee for two days after they were changed. */
const coolingOffHours = 48n;

/** Publishes the bands, the payer and the packs of a log that was just opened, or whose opening was cut off: those it lacks. Gives the streams of the packs, in order. */
export async function furnishLog(
  services: Connections,
  { insurer, simulation, currency, bands, payer, packs }: NewInsurer,
): Promise<readonly Handle[]> {
  const { ports } = services;
  const state = await insurerState(ports, insurer);
  if (bands.length > 0 && state?.bandsVersion === 0n) {
    const published = { currency, bands: [...bands] };
    demand(await setBands(ports, insurer, published, actNow(services)));
  }
  if (payer && !state?.payments) {
    const heads = { interest: [], expense: [], "ex-gratia": [] };
    const published = { currency, coolingOffHours, heads, payer };
    demand(await setPayments(ports, insurer, published, actNow(services)));
  }
  const streams = [...(await ports.store.packs(insurer))];
  for (const pack of packs.slice(streams.length)) {
    const stream = newHandle(ports.random);
    demand(await publishVersion(services, { insurer, simulation }, stream, pack));
    streams.push(stream);
  }
  return streams;
}

/**
 * Publishes a pack's next version. Whoever wrote the text that ships is its author, and who runs this command approves it, as nobody the platform has
 * authenticated; in a simulation log both are simulated.
 */
export function publishVersion(
  { ports }: Connections,
  { insurer, simulation }: Pick<NewInsurer, "insurer" | "simulation">,
  stream: Handle,
  pack: Pack,
): ReturnType<typeof publishPackVersion> {
  const author = newHandle(ports.random);
  const [person, login] = [newHandle(ports.random), newHandle(ports.random)];
  const credential = { kind: "none", issuer: "operator", method: null, handle: login } as const;
  const signatory = { person, credential };
  const kind = simulation ? "simulated" : "person";
  const act = { kind, now: ports.clock(), signatory } as const;
  return publishPackVersion(ports, insurer, stream, pack, author, act);
}

const actNow = ({ ports }: Connections): Act => ({ kind: "machine", now: ports.clock() });

const keyLines = async (services: Connections, insurer: string): Promise<readonly string[]> =>
  (await logKeys(services, insurer)).map(formatVerifierKey);

function demand<T extends object>(result: T): void {
  if (isRefusal(result)) throw new Error(`bug: ${result.refused}: ${result.detail}`);
}
