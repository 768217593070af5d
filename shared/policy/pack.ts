import * as z from "zod";
import { dayCodec, handleSchema } from "../base/codec.ts";
import type { Day } from "../base/day.ts";
import { type DomainEvent, eventForm } from "../base/event.ts";
import { lazily } from "../base/lazily.ts";

const digits = z.codec(z.string().regex(/^[1-9][0-9]{0,18}$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (count) => count.toString(),
});
const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** A version in force on the days from ≤ day < to; `to` null while open. */
const window = { version: digits, hash, from: dayCodec, to: dayCodec.nullable() };
const head = {
  pack: z.string().min(1).max(120),
  dateBasis: z.enum(["loss", "diagnosis", "notice"]),
};

const publishedSchema = () =>
  z.strictObject({
    ...head,
    ...window,
    /** Who wrote the version, and who approved it: two persons. */
    author: handleSchema,
    approver: handleSchema,
  });
/** What the record of a published version says. The text itself is a public document beside the log, named by its hash. */
export type Published = z.output<ReturnType<typeof publishedSchema>>;
export const packForm = eventForm("pack.published", publishedSchema);

const versionSchema = z.strictObject(window);
export type PackVersion = z.output<typeof versionSchema>;

/** A version is one of at most so many. */
export const maxVersions = 500;

export const packStateSchema = lazily(() =>
  z.strictObject({
    ...head,
    version: digits,
    hash,
    versions: z.array(versionSchema).min(1).max(maxVersions),
  }),
);
/** A rule pack's stream: the version and hash a reader goes by, which is the newest unless it chose, and all versions, oldest first. */
export type PackState = z.output<ReturnType<typeof packStateSchema>>;

/** The pack after `event`. */
export function evolvePack(state: PackState | undefined, event: DomainEvent): PackState {
  const { author, approver, pack, dateBasis, ...version } = event.content as Published;
  const versions = [...(state?.versions ?? []), version];
  return { pack, dateBasis, version: version.version, hash: version.hash, versions };
}

/** Whether a version is in force on `day`. */
export const isInForce = ({ from, to }: Pick<PackVersion, "from" | "to">, day: Day): boolean =>
  from <= day && (to === null || day < to);

/** The state as a claim of `day` reads it: by the newest version in force then, or, where none is, the newest of all. */
export function packOn(state: PackState, day: Day): PackState {
  const chosen = state.versions.findLast((version) => isInForce(version, day));
  return chosen ? { ...state, version: chosen.version, hash: chosen.hash } : state;
}
