import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { Witnesses } from "../../shared/ports/witnesses.ts";
import { latestKey, parseLatest } from "../signer/latest.ts";
import type { Witnessing } from "./ports.ts";

/** `witnesses` for a publisher that reads the signer's store; nothing is remembered of them yet. */
export const witnessingOf = (
  witnesses: Witnesses,
  signerState: Pick<ObjectStore, "get">,
): Witnessing => ({
  witnesses,
  signedSize: async (insurer) => {
    const latest = await signerState.get(latestKey(insurer));
    return latest ? parseLatest(latest.bytes).size : 0n;
  },
  known: new Map(),
  alarms: new Map(),
});
