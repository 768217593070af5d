import { newHandle } from "../../functions/command/handle.ts";
import { addInsurer, publishPackVersion, setBands } from "../../functions/operator/core.ts";
import { initSigner } from "../../functions/signer/core.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Currency } from "../../shared/base/money.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Pack } from "../../shared/coverage/pack.ts";
import { formatVerifierKey, type VerifierKey, verifierKey } from "../../shared/log/key.ts";
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

/** The verifier key of an insurer's log: the platform's one signing key under the log's own name. */
export const logKey = async (services: Services, insurer: string): Promise<VerifierKey> =>
  verifierKey(
    services.ports.originOf(insurer),
    "ed25519",
    await services.checkpointKey.publicKey(),
  );

/**
 * Whether the insurer's log is open. Database, published folder and signer's store must all have it or all lack it; throws HalfOpen, naming
 * which is missing.
 */
export async function isOpen(services: Services, insurer: string): Promise<boolean> {
  const inDatabase = (await services.ports.store.insurers()).includes(insurer);
  const inPublished = await hasAny(services.published.list(`${insurer}/`));
  const inSigner = (await services.signed.get(`${insurer}/latest`)) !== undefined;
  // A log opened a moment ago may not be published yet; a published one must have the other two.
  if (inDatabase === inSigner && (inDatabase || !inPublished)) return inDatabase;
  const missing = [
    ...(inDatabase ? [] : ["the database"]),
    ...(inSigner ? [] : ["the signer's store"]),
  ];
  throw new HalfOpen(
    `The log ${services.ports.originOf(insurer)} is missing from ${missing.join(" and ")} but not from everywhere: restore what is missing, or start with an empty folder.`,
  );
}

async function hasAny(keys: AsyncIterable<string>): Promise<boolean> {
  for await (const _ of keys) return true;
  return false;
}

/** Opens a log: genesis in the database, then the signer's first state, then bands and packs. Gives the streams of the packs, in order. */
export async function openLog(
  services: Services,
  { insurer, kind, simulation, currency, bands, packs }: NewInsurer,
): Promise<readonly Handle[]> {
  const { ports, signed } = services;
  const act = (): Act => ({ kind: "machine", now: ports.clock() });
  const keys = [formatVerifierKey(await logKey(services, insurer))];
  const genesis = { insurer, kind, simulation, currency, keys };
  demand(await addInsurer(ports, genesis, newHandle(ports.random), act()));
  await initSigner(signed, insurer);
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

function demand<T extends object>(result: T): void {
  if (isRefusal(result)) throw new Error(`bug: ${result.refused}: ${result.detail}`);
}
