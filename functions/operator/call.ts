import * as z from "zod";
import { toHex } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { logKeyTypes, type VerifierKey } from "../../shared/log/key.ts";
import type { CommandPorts } from "../command/commit.ts";
import { publishLogKeys } from "./keys.ts";

/** What calls run on, beside the command ports. */
export interface CallPorts extends CommandPorts {
  /** The keys that sign a log, each type's oldest generation first. */
  readonly logKeys: (insurer: string) => Promise<readonly VerifierKey[]>;
  /** Wakes the sequencer of a log. */
  readonly nudge: (insurer: string) => Promise<void>;
}

const insurer = z.string().regex(/^[a-z0-9-]{1,63}$/);
const callSchema = z.strictObject({
  publishKeys: z.strictObject({ insurer, pairs: z.enum(["all", "newest"]) }),
});

/** What a call came to: the leaf hash of its record, or why there is none. */
export type Called = { readonly recorded: string } | Refusal;

/**
 * An operator's call, `{"publishKeys": {"insurer": "acme", "pairs": "all"}}`: publishes the pairs of keys that sign the log, or only the newest pair, as
 * those in force (docs/operating.md, Replacing the signing keys), and wakes the sequencer. Malformed for any other call. Throws Unavailable.
 */
export async function call(ports: CallPorts, event: unknown): Promise<Called> {
  const parsed = callSchema.safeParse(event);
  if (!parsed.success) throw new Malformed("call", "is none that an operator has");
  const { insurer, pairs } = parsed.data.publishKeys;
  const all = await ports.logKeys(insurer);
  const keys = pairs === "all" ? all : newestOf(all);
  const act = { kind: "machine", now: ports.clock() } as const;
  const done = await publishLogKeys(ports, insurer, keys, act);
  if (isRefusal(done)) return done;
  await ports.nudge(insurer);
  return { recorded: toHex(done.leafHash) };
}

const newestOf = (keys: readonly VerifierKey[]): readonly VerifierKey[] =>
  logKeyTypes.flatMap((type) => keys.filter((key) => key.type === type).slice(-1));
