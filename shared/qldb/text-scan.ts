import { utf8 } from "../base/bytes.ts";
import { ionLimits, MalformedAt, onlyStructs } from "./ion-limits.ts";

const code = (character: string): number => character.charCodeAt(0);
const [quote, apostrophe, backslash, slash, star, newline] = [34, 39, 92, 47, 42, 10];
const [brace, braceEnd] = [code("{"), code("}")];
const opening = new Set([..."{[("].map(code));
const closing = new Set([..."}])"].map(code));
const blank = new Set([..." \t\r\n"].map(code));
const separator = new Set([...blank, ...[..."{}[](),:"].map(code)]);
const versionMarker = utf8("$ion_1_0");

/** Between tokens or in one without marks, or behind or inside something that brackets don't count in. */
type State =
  | "value"
  | "slash"
  | "line"
  | "block"
  | "block-star"
  | "brace"
  | "lob"
  | "lob-brace"
  | "string"
  | "quote"
  | "quotes"
  | "symbol"
  | "long"
  | "long-1"
  | "long-2";

/** Follows Ion text byte by byte: strings, symbols, blobs, comments and brackets, no more. What stands at its top must be structs. */
export class TextScan {
  /** How many brackets are open. */
  depth = 0;
  #state: State = "value";
  /** Where a string ends into: a clob has strings in it. */
  #around: "value" | "lob" = "value";
  #escaped = false;
  #tokenBytes = 0;
  #marker = 0;

  /** Whether the text may end here. */
  get isWhole(): boolean {
    const between = this.#state === "value" || this.#state === "line";
    return between && this.depth === 0 && this.#marker % versionMarker.length === 0;
  }

  /** Takes the next byte, which stands at `offset`. Throws MalformedAt. */
  take(byte: number, offset: number): void {
    this.#tokenBytes++;
    this.#state = this.#next(byte, offset);
    const isSymbol = this.#state === "symbol" || this.#state === "value";
    if (isSymbol && this.#tokenBytes > ionLimits.symbolBytes) {
      throw new MalformedAt(offset, `is in a symbol of over ${ionLimits.symbolBytes} bytes`);
    }
  }

  #next(byte: number, offset: number): State {
    switch (this.#state) {
      case "value":
        return this.#inValue(byte, offset);
      case "brace":
        return byte === brace ? this.#inLob(offset) : this.#inValue(byte, offset);
      case "slash":
        if (byte === slash) return "line";
        return byte === star ? "block" : this.#inValue(byte, offset);
      case "line":
        return byte === newline ? this.#leave("value") : "line";
      case "block":
        return byte === star ? "block-star" : "block";
      case "block-star":
        if (byte === slash) return this.#leave("value");
        return byte === star ? "block-star" : "block";
      case "lob":
      case "lob-brace":
        return this.#lob(byte);
      default:
        return this.#text(this.#state, byte, offset);
    }
  }

  #inValue(byte: number, offset: number): State {
    if (separator.has(byte)) this.#tokenBytes = 0;
    if (byte === slash) return "slash";
    if (this.depth === 0 && !this.#atTop(byte, offset)) return "value";
    if (byte === quote || byte === apostrophe) return this.#enter(byte, "value");
    if (closing.has(byte)) this.depth--;
    if (!opening.has(byte)) return "value";
    this.depth++;
    if (this.depth > ionLimits.depth) {
      throw new MalformedAt(offset, `is nested deeper than ${ionLimits.depth}`);
    }
    return byte === brace ? "brace" : "value";
  }

  /** Whether a struct begins; throws for anything but one, blanks and the version marker. */
  #atTop(byte: number, offset: number): boolean {
    const at = this.#marker % versionMarker.length;
    if (byte === versionMarker[at]) this.#marker++;
    else if (at > 0 || !(byte === brace || blank.has(byte))) {
      throw new MalformedAt(offset, onlyStructs);
    }
    return byte === brace;
  }

  #inLob(offset: number): State {
    this.depth--;
    if (this.depth === 0) {
      throw new MalformedAt(offset, onlyStructs);
    }
    return "lob";
  }

  #lob(byte: number): State {
    if (byte === quote || byte === apostrophe) return this.#enter(byte, "lob");
    if (byte !== braceEnd) return "lob";
    return this.#state === "lob-brace" ? this.#leave("value") : "lob-brace";
  }

  #enter(byte: number, around: "value" | "lob"): State {
    this.#around = around;
    this.#tokenBytes = 0;
    return byte === quote ? "string" : "quote";
  }

  #text(state: State, byte: number, offset: number): State {
    if (this.#escaped) {
      this.#escaped = false;
      return state;
    }
    if (byte === backslash && state !== "quotes") {
      this.#escaped = true;
      return state === "quote" ? "symbol" : state.startsWith("long") ? "long" : state;
    }
    if (state === "string") return byte === quote ? this.#leave(this.#around) : state;
    const marked = byte === apostrophe;
    if (state === "quote") return marked ? "quotes" : "symbol";
    if (state === "symbol") return marked ? this.#leave(this.#around) : state;
    if (state === "quotes") {
      if (marked) return "long";
      this.#state = this.#leave(this.#around);
      return this.#next(byte, offset);
    }
    if (!marked) return "long";
    if (state === "long") return "long-1";
    return state === "long-1" ? "long-2" : this.#leave(this.#around);
  }

  #leave(to: "value" | "lob"): State {
    this.#tokenBytes = 0;
    return to;
  }
}
