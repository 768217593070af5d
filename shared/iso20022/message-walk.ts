import { assert, Malformed } from "../base/malformed.ts";
import { Fields, type Value } from "./fields.ts";
import { type Form, group, type Members } from "./forms.ts";
import type { MessageLimits } from "./message-limits.ts";
import { type Attributes, type XmlParser, xmlParser } from "./xml-events.ts";

interface Frame {
  readonly name: string;
  readonly form: Form;
  readonly step: string;
  readonly fields: Fields;
  readonly currency: string | undefined;
  readonly counts: Map<string, number>;
  text: string;
}

const formOf = (form: Form): Form => (form.kind === "list" ? form.of : form);
const isLeaf = (form: Form): boolean => ["text", "amount"].includes(formOf(form).kind);
const textOf = (form: Form): string | undefined =>
  form.kind === "group" ? form.textAs : undefined;
const keepsText = (form: Form): boolean => isLeaf(form) || textOf(formOf(form)) !== undefined;
const membersOf = (form: Form): Members =>
  form.kind === "group" || form.kind === "each" ? form.members : {};

/**
 * Walks a document whose root is `Document` in the namespace of one of `versions` and holds `body`, and hands over what its form says. An element that is
 * known counts only in the root's namespace; one that may stand once and stands twice is Malformed.
 */
export function walkMessage(
  versions: readonly string[],
  body: string,
  bodyForm: Form,
  limits: MessageLimits,
): XmlParser {
  const members: Members = { [body]: bodyForm };
  const namespaces = versions.map(namespaceOf);
  const frames: Frame[] = [];
  let [namespace, skipped, elements] = ["", 0, 0];
  const where = () => {
    const steps = frames.map(({ step }) => step);
    return [...steps, ...(skipped > 0 ? ["*"] : [])].join("/") || "document";
  };

  function enter(name: string, form: Form, attributes: Attributes): void {
    const above = frames.at(-1);
    const count = (above?.counts.get(name) ?? 0) + 1;
    above?.counts.set(name, count);
    const repeats = form.kind === "each" || form.kind === "list";
    const step = repeats ? `${name}[${count}]` : name;
    const fields = new Fields(step, above?.fields);
    if (!repeats && count > 1) throw new Malformed(fields.where, "stands there twice");
    if (form.kind === "list" && count > form.most) {
      throw new Malformed(fields.where, `repeats more than ${form.most} times`);
    }
    if (form.kind === "each" && ++elements > limits.elements) {
      throw new Malformed(
        fields.where,
        `is past the ${limits.elements} elements a message may have`,
      );
    }
    const currency = attributes.get("Ccy");
    frames.push({ name, form, step, fields, currency, counts: new Map(), text: "" });
  }

  function valueIn({ form, fields, text: read, currency }: Frame): Value {
    const kept = formOf(form);
    const name = textOf(kept);
    if (name !== undefined && !fields.holds && read.trim() !== "") fields.set(name, read.trim());
    if (kept.kind === "amount") return { currency, text: read };
    return kept.kind === "text" ? read : fields;
  }

  return xmlParser(
    {
      where,
      open(name, uri, attributes) {
        const above = frames.at(-1);
        if (!above) {
          if (name !== "Document" || !namespaces.includes(uri)) {
            throw new Malformed("document", `is none of ${versions.join(", ")}`);
          }
          namespace = uri;
          enter(name, group(members), attributes);
          return;
        }
        if (skipped === 0 && isLeaf(above.form)) {
          throw new Malformed(where(), "holds an element where text belongs");
        }
        const known = membersOf(formOf(above.form));
        const form = Object.hasOwn(known, name) && uri === namespace ? known[name] : undefined;
        if (skipped > 0 || form === undefined) skipped++;
        else enter(name, form, attributes);
      },
      text(characters) {
        const frame = frames.at(-1);
        if (skipped > 0 || frame === undefined) return;
        if (!keepsText(frame.form)) return;
        frame.text += characters;
        if (frame.text.length > limits.textLength) {
          throw new Malformed(where(), `holds more than ${limits.textLength} characters`);
        }
      },
      close() {
        if (skipped > 0) {
          skipped--;
          return;
        }
        const frame = frames.pop();
        assert(frame !== undefined, "every close has its open");
        const above = frames.at(-1)?.fields;
        if (!above && !frame.fields.has(body))
          throw new Malformed(`Document/${body}`, "is missing");
        if (frame.form.kind === "each") frame.form.closed(frame.fields);
        else if (frame.form.kind === "list") {
          above?.set(frame.name, [...listAt(above, frame.name), valueIn(frame)]);
        } else above?.set(frame.name, valueIn(frame));
        if (frame.form.kind === "group") frame.form.closed?.(frame.fields);
      },
    },
    limits,
  );
}

const listAt = (fields: Fields, name: string): readonly Value[] => {
  const value = fields.at(name);
  return Array.isArray(value) ? value : [];
};

/** The namespace of a message version. */
const namespaceOf = (version: string): string => `urn:iso:std:iso:20022:tech:xsd:${version}`;
