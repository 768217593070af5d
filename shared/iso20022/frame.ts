import { Malformed } from "../base/malformed.ts";
import { Fields, type Value } from "./fields.ts";
import type { Form } from "./forms.ts";
import type { Attributes } from "./xml-events.ts";

/** An element that is open and known. */
export interface Frame {
  readonly name: string;
  readonly form: Form;
  /** Its name in a path, with its number where it may repeat. */
  readonly step: string;
  readonly fields: Fields;
  readonly currency: string | undefined;
  readonly counts: Map<string, number>;
  text: string;
}

const itemOf = (form: Form): Form => (form.kind === "list" ? form.of : form);
const textAsOf = (form: Form): string | undefined =>
  form.kind === "group" ? form.textAs : undefined;

/** Whether elements may stand in it, known or not. */
export const isLeaf = ({ form }: Frame): boolean => ["text", "amount"].includes(itemOf(form).kind);

/** The form of an element of this name in `frame`, if it is known. */
export function formIn({ form }: Frame, name: string): Form | undefined {
  const item = itemOf(form);
  if (item.kind !== "group" && item.kind !== "each") return undefined;
  return Object.hasOwn(item.members, name) ? item.members[name] : undefined;
}

/** Opens an element; one that may stand once and stands twice, or too often, is Malformed. */
export function openIn(
  above: Frame | undefined,
  name: string,
  form: Form,
  attributes: Attributes,
): Frame {
  const count = (above?.counts.get(name) ?? 0) + 1;
  above?.counts.set(name, count);
  const repeats = form.kind === "each" || form.kind === "list";
  const step = repeats ? `${name}[${count}]` : name;
  const fields = new Fields(step, above?.fields);
  if (!repeats && count > 1) throw new Malformed(fields.where, "stands there twice");
  if (form.kind === "list" && count > form.most) {
    throw new Malformed(fields.where, `repeats more than ${form.most} times`);
  }
  const currency = attributes.get("Ccy");
  return { name, form, step, fields, currency, counts: new Map(), text: "" };
}

/** Adds text where the form keeps it: that of an element of elements is white space. */
export function addText(frame: Frame, characters: string, longest: number): void {
  if (!isLeaf(frame) && textAsOf(itemOf(frame.form)) === undefined) return;
  frame.text += characters;
  if (frame.text.length > longest) {
    throw new Malformed(frame.fields.where, `holds more than ${longest} characters`);
  }
}

/** Hands a closed element on: to its form's `closed`, into the fields of the one above, or both. */
export function closeInto(above: Fields | undefined, frame: Frame): void {
  const { name, form, fields } = frame;
  if (form.kind === "each") {
    form.closed(fields);
    return;
  }
  const value = valueIn(frame);
  above?.set(name, form.kind === "list" ? [...listAt(above, name), value] : value);
  if (form.kind === "group") form.closed?.(fields);
}

function valueIn({ form, fields, text, currency }: Frame): Value {
  const item = itemOf(form);
  const textAs = textAsOf(item);
  if (textAs !== undefined && !fields.holds && text.trim() !== "") fields.set(textAs, text.trim());
  if (item.kind === "amount") return { currency, text };
  return item.kind === "text" ? text : fields;
}

function listAt(fields: Fields, name: string): readonly Value[] {
  const value = fields.at(name);
  return Array.isArray(value) ? value : [];
}
