import { assert, Malformed } from "../base/malformed.ts";
import { type Form, group } from "./forms.ts";
import { addText, closeInto, type Frame, formIn, isLeaf, openIn } from "./frame.ts";
import type { MessageLimits } from "./message-limits.ts";
import { type Attributes, type XmlHandler, type XmlParser, xmlParser } from "./xml-events.ts";

/**
 * Walks a document whose root is `Document` in the namespace of one of `versions` and holds `body`, and hands over what its form says. An
 * element counts as known only in the root's namespace; others are passed over with all they hold.
 */
export function walkMessage(
  versions: readonly string[],
  body: string,
  form: Form,
  limits: MessageLimits,
): XmlParser {
  const root = rootOf(versions, group({ [body]: form }));
  const frames: Frame[] = [];
  let [namespace, skipped, elements] = ["", 0, 0];
  const where = (): string => {
    const steps = frames.map(({ step }) => step);
    return [...steps, ...(skipped > 0 ? ["*"] : [])].join("/") || "document";
  };
  const enter = (frame: Frame): void => {
    if (frame.form.kind === "each" && ++elements > limits.elements) {
      const what = `is past the ${limits.elements} elements a message may have`;
      throw new Malformed(frame.fields.where, what);
    }
    frames.push(frame);
  };
  const handler: XmlHandler = {
    where,
    open(name, uri, attributes) {
      const above = frames.at(-1);
      if (!above) {
        namespace = uri;
        enter(root(name, uri, attributes));
        return;
      }
      if (skipped === 0 && isLeaf(above)) {
        throw new Malformed(where(), "holds an element where text belongs");
      }
      const known = skipped === 0 && uri === namespace ? formIn(above, name) : undefined;
      if (known === undefined) skipped++;
      else enter(openIn(above, name, known, attributes));
    },
    text(characters) {
      const frame = frames.at(-1);
      if (frame && skipped === 0) addText(frame, characters, limits.textLength);
    },
    close() {
      if (skipped > 0) {
        skipped--;
        return;
      }
      const frame = frames.pop();
      assert(frame !== undefined, "every close has its open");
      const above = frames.at(-1);
      if (!above && !frame.fields.has(body)) {
        throw new Malformed(`${frame.fields.where}/${body}`, "is missing");
      }
      closeInto(above?.fields, frame);
    },
  };
  return xmlParser(handler, limits);
}

/** Opens the root, which must be that of one of the versions. */
const rootOf =
  (versions: readonly string[], form: Form) =>
  (name: string, uri: string, attributes: Attributes): Frame => {
    if (name !== "Document" || !versions.some((version) => uri === namespaceOf(version))) {
      throw new Malformed("document", `is none of ${versions.join(", ")}`);
    }
    return openIn(undefined, name, form, attributes);
  };

const namespaceOf = (version: string): string => `urn:iso:std:iso:20022:tech:xsd:${version}`;
