import * as z from "zod";
import { insurerSchema } from "../../shared/api/insurer-id.ts";
import { roles } from "../../shared/api/role.ts";
import { toHex } from "../../shared/base/bytes.ts";
import { currencySchema, handleSchema } from "../../shared/base/codec.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { formatVerifierKey, logKeyTypes, type VerifierKey } from "../../shared/log/key.ts";
import { isErased, type PersonState } from "../../shared/policy/person.ts";
import type { Principal } from "../../shared/ports/claims.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { CommandPorts } from "../command/commit.ts";
import { newHandle } from "../command/handle.ts";
import { openStream } from "../command/rows.ts";
import { addInsurer } from "./core.ts";
import { publishLogKeys } from "./keys.ts";

/** What calls run on, beside the command ports. */
export interface CallPorts extends CommandPorts {
  /** The keys that sign a log, each type's oldest generation first. */
  readonly logKeys: (insurer: string) => Promise<readonly VerifierKey[]>;
  /** Wakes the sequencer of a log. */
  readonly nudge: (insurer: string) => Promise<void>;
  readonly published: Pick<ObjectStore, "list">;
  /** Gives a subject its row with an insurer, once; the row that stands in the end. */
  readonly enrol: (issuer: string, sub: string, principal: Principal) => Promise<Principal>;
  /** Takes that row's role away; whether there was one. */
  readonly dismiss: (issuer: string, sub: string, insurer: string) => Promise<boolean>;
}

const newInsurerSchema = z.strictObject({
  insurer: insurerSchema,
  kind: z.enum(["insurer", "intake"]),
  simulation: z.boolean(),
  currency: currencySchema,
});
/** A tenant to open a log for. */
export type NewTenant = z.output<typeof newInsurerSchema>;

/** As OpenID Connect has them, an issuer and a subject are ASCII: both are in the key of a row, of which Aurora DSQL takes 1 KiB. */
const ascii = z.string().regex(/^[\x20-\x7e]{1,200}$/, "is not 1 to 200 characters of ASCII");
const login = {
  issuer: ascii,
  sub: ascii,
  insurer: insurerSchema,
};
const enrolmentSchema = z.strictObject({
  ...login,
  role: z.enum(roles),
  kind: z.enum(["person", "machine"]),
  /** Whom the rows of the same person with other logins name; absent: somebody new. */
  person: handleSchema.optional(),
});
export type Enrolment = z.output<typeof enrolmentSchema>;

const callSchema = z.union([
  z.strictObject({
    publishKeys: z.strictObject({ insurer: insurerSchema, pairs: z.enum(["all", "newest"]) }),
  }),
  z.strictObject({ addInsurer: newInsurerSchema }),
  z.strictObject({ enrol: enrolmentSchema }),
  z.strictObject({ dismiss: z.strictObject(login) }),
]);

/** What a call came to: the leaf hash of its record, the person it enrolled, that it dismissed a login, or why there is none. */
export type Called =
  | { readonly recorded: string }
  | { readonly enrolled: Handle }
  | { readonly dismissed: true }
  | Refusal;

/**
 * One call of an operator; Malformed for any other. Throws Unavailable.
 * - `{"publishKeys": {"insurer": "acme", "pairs": "all"}}` publishes the pairs of keys that sign the log, or only the newest, as those in force (docs/operating.md, Replacing the signing keys).
 * - `{"addInsurer": {"insurer": "acme", "kind": "insurer", "simulation": false, "currency": "EUR"}}` opens a log (docs/operating.md, Adding an insurer).
 * - `{"enrol": {"issuer": …, "sub": …, "insurer": "acme", "role": "adjuster", "kind": "person"}}` gives a login its row with an insurer.
 * - `{"dismiss": {"issuer": …, "sub": …, "insurer": "acme"}}` takes it away: from then on the login may do nothing there.
 */
export async function call(ports: CallPorts, event: unknown): Promise<Called> {
  const parsed = callSchema.safeParse(event);
  if (!parsed.success) throw new Malformed("call", "is none that an operator has");
  const { data } = parsed;
  if ("enrol" in data) return enrol(ports, data.enrol);
  if ("dismiss" in data) {
    const { issuer, sub, insurer } = data.dismiss;
    const done = await ports.dismiss(issuer, sub, insurer);
    return done ? { dismissed: true } : refuse("not-found", "This login has no role there.", "sub");
  }
  if ("addInsurer" in data) return openTenant(ports, data.addInsurer);
  const { insurer, pairs } = data.publishKeys;
  const all = await ports.logKeys(insurer);
  const keys = pairs === "all" ? all : newestOf(all);
  return recorded(ports, insurer, await publishLogKeys(ports, insurer, keys, actNow(ports)));
}

/**
 * Opens the log of a new tenant: row, head and the genesis that names the keys of now. Refused where there is such a log, and where the published store holds
 * anything of that name: then a log of this origin was shown once, and its signer must not begin anew. The signer's own operator lets it be signed.
 */
async function openTenant(ports: CallPorts, tenant: NewTenant): Promise<Called> {
  const { insurer } = tenant;
  const known = (await ports.store.insurers()).includes(insurer);
  if (!known && !(await isEmpty(ports.published.list(`${insurer}/`)))) {
    return refuse("wrong-state", "The published store holds a log of this name.", "insurer");
  }
  const keys = (await ports.logKeys(insurer)).map(formatVerifierKey);
  const genesis = { ...tenant, keys };
  const stream = newHandle(ports.random);
  return recorded(ports, insurer, await addInsurer(ports, genesis, stream, actNow(ports)));
}

/** One row of our own table; one that stands with another role or person stays, and is a refusal. */
async function enrol(ports: CallPorts, enrolment: Enrolment): Promise<Called> {
  const { issuer, sub, insurer, role, kind, person = newHandle(ports.random) } = enrolment;
  if (!(await ports.store.insurers()).includes(insurer)) {
    return refuse("not-found", "There is no such insurer.", "insurer");
  }
  if (await wasErased(ports, insurer, person)) {
    return refuse("erased", "The data of this person was erased.", "person");
  }
  const stands = await ports.enrol(issuer, sub, { insurer, role, kind, person });
  const same = stands.role === role && stands.kind === kind;
  const asked = enrolment.person === undefined || stands.person === person;
  if (same && asked) return { enrolled: stands.person };
  return refuse("duplicate", "This login has another row with this insurer.", "sub");
}

/** Whether an erasure of the person was approved, or done. */
async function wasErased(ports: CallPorts, insurer: string, person: Handle): Promise<boolean> {
  const [row] = await ports.store.read(insurer, (on) => on.streams("person", [person]));
  const slot = row && (await openStream(ports, insurer, row));
  return slot !== undefined && isErased(slot.state as PersonState);
}

async function recorded(
  ports: CallPorts,
  insurer: string,
  done: { readonly leafHash: Uint8Array } | Refusal,
): Promise<Called> {
  if (isRefusal(done)) return done;
  await ports.nudge(insurer);
  return { recorded: toHex(done.leafHash) };
}

const actNow = (ports: CallPorts) => ({ kind: "machine", now: ports.clock() }) as const;

async function isEmpty(keys: AsyncIterable<string>): Promise<boolean> {
  for await (const _ of keys) return false;
  return true;
}

const newestOf = (keys: readonly VerifierKey[]): readonly VerifierKey[] =>
  logKeyTypes.flatMap((type) => keys.filter((key) => key.type === type).slice(-1));
