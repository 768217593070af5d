import * as z from "zod";
import type { Json } from "./canonical.ts";
import type { Handle } from "./handle.ts";
import { lazily } from "./lazily.ts";
import { Malformed } from "./malformed.ts";

/** The kinds of stream a chain of records can be about; a document was brought here from another ledger. */
export const streamKinds = [
  "insurer",
  "pack",
  "person",
  "policy",
  "claim",
  "payout",
  "document",
] as const;
export type StreamKind = (typeof streamKinds)[number];

/** What a decide function gives: the act's type, its stream, and its content. */
export interface DomainEvent<Type extends string = string, Content = unknown> {
  readonly type: Type;
  readonly kind: StreamKind;
  readonly stream: Handle;
  readonly content: Content;
}

/** A stream's state as some reader saw it, with the version of its last event. */
export interface Seen<State> {
  readonly stream: Handle;
  readonly version: bigint;
  readonly state: State;
}

/** An input of a decision: the value of `field` as the newest record of `stream` that carries it states it. */
export interface Input {
  readonly stream: Handle;
  readonly field: string;
  readonly value: Json;
}

/**
 * How an event's content is written: each top-level key is one sealed field. `financial` and `staff` name the keys that go into those parts
 * (the rest is the subject's identity and health); `referable` the keys that later decisions may take as inputs.
 */
export interface EventForm<Type extends string, Content> {
  readonly type: Type;
  readonly kind: StreamKind;
  readonly schema: z.ZodType<Content, Record<string, unknown>>;
  readonly financial: readonly string[];
  readonly staff: readonly string[];
  readonly referable: readonly string[];
}

/** Declares a form, whose schema the first event of it makes; keys not named are identity and health, and can't be referred to. */
export function eventForm<Type extends string, Schema extends z.ZodObject>(
  type: Type,
  schema: () => Schema,
  keys: {
    readonly financial?: readonly (keyof z.output<Schema> & string)[];
    readonly staff?: readonly (keyof z.output<Schema> & string)[];
    readonly referable?: readonly (keyof z.output<Schema> & string)[];
    /** Where the type's first word does not name it. */
    readonly kind?: StreamKind;
  } = {},
): EventForm<Type, z.output<Schema>> {
  const kind = keys.kind ?? streamKinds.find((each) => type.startsWith(`${each}.`));
  const made = lazily(schema);
  return {
    type,
    kind: kind ?? "insurer",
    get schema() {
      return made() as unknown as z.ZodType<z.output<Schema>, Record<string, unknown>>;
    },
    financial: keys.financial ?? [],
    staff: keys.staff ?? [],
    referable: keys.referable ?? [],
  };
}

/** An event of `form` on `stream`. */
export const eventOf = <Type extends string, Content>(
  form: EventForm<Type, Content>,
  stream: Handle,
  content: Content,
): DomainEvent<Type, Content> => ({ type: form.type, kind: form.kind, stream, content });

/** The fields of `content`: key → JSON, absent optionals left out. */
export const encodeContent = <Content>(
  form: EventForm<string, Content>,
  content: Content,
): Record<string, Json> => z.encode(form.schema, content) as Record<string, Json>;

/** The content that `fields` spell; throws Malformed naming the field. */
export function decodeContent<Content>(
  form: EventForm<string, Content>,
  fields: Readonly<Record<string, Json>>,
): Content {
  const read = form.schema.safeParse(fields);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new Malformed(
    `${form.type}.${issue?.path.join(".") ?? ""}`,
    issue?.message ?? "is malformed",
  );
}
