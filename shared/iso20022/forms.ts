import type { Fields } from "./fields.ts";

/** How an element is read: what its reader knows of it. Elements no form names are passed over. */
export type Form =
  | { readonly kind: "text" }
  | { readonly kind: "amount" }
  /** One at most, kept, and handed to `closed` too; where it holds no element but a text, that stands at `textAs`. */
  | {
      readonly kind: "group";
      readonly members: Members;
      readonly closed?: Closed;
      readonly textAs?: string;
    }
  /** At most `most` of them, kept in order. */
  | { readonly kind: "list"; readonly of: Form; readonly most: number }
  /** Any number up to the limit, handed to `closed` one by one and not kept. */
  | { readonly kind: "each"; readonly members: Members; readonly closed: Closed };
type Closed = (fields: Fields) => void;
export type Members = Readonly<Record<string, Form>>;

export const text: Form = { kind: "text" };
export const amount: Form = { kind: "amount" };
export const group = (members: Members, closed?: Closed): Form =>
  closed ? { kind: "group", members, closed } : { kind: "group", members };
export const list = (of: Form, most: number): Form => ({ kind: "list", of, most });
export const each = (members: Members, closed: Closed): Form => ({ kind: "each", members, closed });
/** A choice of a code or a bank's own word; in the 2009 and 2013 messages some are the code alone. */
export const code: Form = {
  kind: "group",
  members: { Cd: text, Prtry: text },
  textAs: "Cd",
};
