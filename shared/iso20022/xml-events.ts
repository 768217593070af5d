import sax from "sax";
import { assert, Malformed } from "../base/malformed.ts";

/** What bounds a document that comes from outside. Lengths in characters, but for the document's, in bytes. */
export interface XmlLimits {
  readonly documentBytes: number;
  readonly depth: number;
  /** Of the text between two tags. */
  readonly textLength: number;
  /** Of one tag with its attributes. */
  readonly tagLength: number;
  readonly attributes: number;
}

/** Attributes by local name, those of namespaces left out. */
export type Attributes = ReadonlyMap<string, string>;

/** Takes a document's events. `where` names the place in it for errors, in words of the reader alone. */
export interface XmlHandler {
  readonly open: (name: string, namespace: string, attributes: Attributes) => void;
  readonly text: (text: string) => void;
  readonly close: () => void;
  readonly where: () => string;
}

export interface XmlParser {
  /** Takes the next bytes, however they are cut. */
  readonly write: (bytes: Uint8Array) => void;
  /** Says that no more come. */
  readonly end: () => void;
}

/** How much is parsed between two looks at lengths: what a document can make the parser hold is a limit and this, or sax's 64 KiB where none is ours. */
const stepBytes = 4_096;
const notXml = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]/u;

/**
 * Reads one XML 1.0 document in UTF-8 with namespaces as events, in memory that its length doesn't change. Stricter than XML, and than sax:
 * refused are a DOCTYPE and with it every entity but the five of XML, processing instructions, another encoding, an attribute twice, a second
 * root, and whatever passes a limit. All as Malformed that says where, never what stands there.
 */
export function xmlParser(handler: XmlHandler, limits: XmlLimits): XmlParser {
  const parser = sax.parser(true, { xmlns: true, strictEntities: true } as sax.SAXOptions);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const fail = (what: string): never => {
    throw new Malformed(handler.where(), what);
  };
  let [readBytes, depth] = [0, 0];
  let [declared, rootSeen, tagOpen] = [false, false, false];
  const tag = attributesOfTag(parser, limits, fail);

  parser.onerror = () => fail(`is not well-formed XML at line ${parser.line + 1}`);
  parser.ondoctype = () => fail("holds a DOCTYPE");
  parser.onsgmldeclaration = () => fail("holds a declaration");
  parser.onprocessinginstruction = ({ name, body }) => {
    if (name !== "xml" || rootSeen || declared) fail("holds a processing instruction");
    declared = true;
    requireUtf8(body, fail);
  };
  parser.onopentagstart = () => {
    tagOpen = true;
    tag.start();
    if (depth === 0 && rootSeen) fail("holds a second root");
  };
  parser.onopentag = (opened) => {
    [rootSeen, tagOpen] = [true, false];
    depth++;
    if (depth > limits.depth) fail(`is deeper than ${limits.depth} elements`);
    const { local, uri } = opened as sax.QualifiedTag;
    handler.open(local, uri, tag.attributes);
  };
  const text = (characters: string) => {
    if (characters.length > limits.textLength)
      fail(`holds more than ${limits.textLength} characters`);
    if (notXml.test(characters)) fail("holds what XML can't");
    if (depth > 0) handler.text(characters);
  };
  parser.ontext = text;
  parser.oncdata = text;
  parser.onclosetag = () => {
    depth--;
    handler.close();
  };

  const decoded = (bytes: Uint8Array, more: boolean): string => {
    try {
      return decoder.decode(bytes, { stream: more });
    } catch {
      return fail("is not UTF-8");
    }
  };
  return {
    write(bytes) {
      readBytes += bytes.length;
      if (readBytes > limits.documentBytes) fail(`is longer than ${limits.documentBytes} bytes`);
      for (let at = 0; at < bytes.length; at += stepBytes) {
        parser.write(decoded(bytes.subarray(at, at + stepBytes), true));
        const tagLength = parser.position - parser.startTagPosition;
        if (tagOpen && tagLength > limits.tagLength)
          fail(`has a tag of more than ${limits.tagLength} characters`);
      }
    },
    end() {
      parser.write(decoded(new Uint8Array(0), false));
      if (!rootSeen) fail("holds no element");
      parser.close();
      assert(depth === 0, "a document that ends has closed its root");
    },
  };
}

/** An XML declaration: version 1.0, and UTF-8 where it names an encoding. */
function requireUtf8(declaration: string, fail: (what: string) => never): void {
  const encoding = /\bencoding\s*=\s*["']([^"']*)["']/.exec(declaration)?.[1] ?? "utf-8";
  if (!/\bversion\s*=\s*["']1\.0["']/.test(declaration)) fail("is not XML 1.0");
  if (encoding.toLowerCase() !== "utf-8") fail("says it is not UTF-8");
}

/** The attributes of the tag that is being read: sax keeps the last of two with one name, here there may be one. */
function attributesOfTag(
  parser: sax.SAXParser,
  limits: XmlLimits,
  fail: (what: string) => never,
): { readonly start: () => void; readonly attributes: Attributes } {
  const names = new Set<string>();
  const attributes = new Map<string, string>();
  parser.onattribute = ({ name, value }) => {
    if (names.has(name)) fail("holds an attribute twice");
    names.add(name);
    if (names.size > limits.attributes) fail(`has more than ${limits.attributes} attributes`);
    if (!name.includes(":") && name !== "xmlns") attributes.set(name, value);
  };
  return {
    attributes,
    start() {
      names.clear();
      attributes.clear();
    },
  };
}
