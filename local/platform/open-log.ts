import { newHandle } from "../../functions/command/handle.ts";
import { addInsurer, publishPackVersion, setBands } from "../../functions/operator/core.ts";
import { initSigner } from "../../functions/signer/core.ts";
import { latestKey } from "../../functions/signer/latest.ts";
import { logKeysOf } from "../../functions/signer/sign-note.ts";
import type { Act } from "../../shared/base/actor.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Currency } from "../../shared/base/money.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Pack } from "../../shared/coverage/pack.ts";
import { formatVerifierKey, type VerifierKey } from "../../shared/log/key.ts";
import type { Band } from "../../shared/policy/insurer.ts";
import type { Services } from "./services.ts";

/** An insurer to open a log for. */
export interface NewInsurer {
  readonly insurer: string;
  readonly kind: "insurer" | "intake";
  readonly simulation: boolean;
  readonly currency: Currency;
  readonly bands: readonly Band[];
  readonly packs: readonly Pack[];
}

/** The database, the published folder and the signer's store disagree on whether a log exists. */
export class HalfOpen extends Error {
  override readonly name = "HalfOpen";
}

/** The verifier keys of an insurer's log: the platform's signing keys under the log's own name. */
export const logKeys = (services: Services, insurer: string): Promise<readonly VerifierKey[]> =>
  logKeysOf(services.checkpointKeys, services.ports.originOf(insurer));

/** The object that says, in the published folder, that a log was opened, and under which keys, one a line: there before anything is published. */
const openedKey = (insurer: string): string => `${insurer}/opened`;

/**
 * Whether the insurer's log is open. Database, published folder and signer's store must all have it or all lack it; throws
 * HalfOpen, naming what is missing.
 */
export async function isOpen(services: Services, insurer: string): Promise<boolean> {
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
 * Opens a log: genesis in the database, the signer's first state, the mark in the published folder, then bands and packs. Gives the streams of
 * the packs, in order.
 */
export async function openLog(
  services: Services,
  { insurer, kind, simulation, currency, bands, packs }: NewInsurer,
): Promise<readonly Handle[]> {
  const { ports, signed, published } = services;
  const act = (): Act => ({ kind: "machine", now: ports.clock() });
  const keys = await keyLines(services, insurer);
  const genesis = { insurer, kind, simulation, currency, keys: [...keys] };
  demand(await addInsurer(ports, genesis, newHandle(ports.random), act()));
  await initSigner(signed, insurer);
  await published.putIfAbsent(openedKey(insurer), utf8(keys.join("\n")));
  if (bands.length > 0) {
    demand(await setBands(ports, insurer, { currency, bands: [...bands] }, act()));
  }
  const streams: Handle[] = [];
  for (const pack of packs) {
    const stream = newHandle(ports.random);
    demand(await publishPackVersion(ports, insurer, stream, pack, act()));
    streams.push(stream);
  }
  return streams;
}

const keyLines = async (services: Services, insurer: string): Promise<readonly string[]> =>
  (await logKeys(services, insurer)).map(formatVerifierKey);

function demand<T extends object>(result: T): void {
  if (isRefusal(result)) throw new Error(`bug: ${result.refused}: ${result.detail}`);
}
