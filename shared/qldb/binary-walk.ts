import { type Head, headAt, varUint } from "./binary-head.ts";
import { ionLimits, MalformedAt } from "./ion-limits.ts";

const ionSymbolTable = 3;
const imports = 6;
const isContainer = (type: number): boolean => type >= 0xb && type <= 0xd;

/** What a walk found: `appends` is whether a symbol table adds to those before it, undefined for what is none. */
export interface Walked {
  readonly appends?: boolean;
}

/**
 * Looks at each value inside the one that `bytes` are, which begin at `offset` of a file: lengths stay inside what holds them, nesting and symbols inside
 * {@link ionLimits}. Takes a stack of its own, so depth can't exhaust ours. Throws MalformedAt.
 */
export function walkBinary(bytes: Uint8Array, offset: number): Walked {
  const whole = inside(bytes, 0, bytes.length, offset);
  const table = whole.type === 0xe ? tableIn(bytes, whole, offset) : undefined;
  walk(bytes, whole, offset, table !== undefined);
  return table ? { appends: appends(bytes, table, offset) } : {};
}

interface Open {
  readonly end: number;
  readonly named: boolean;
}

function walk(bytes: Uint8Array, whole: Head, offset: number, isTable: boolean): void {
  const stack: Open[] = [];
  let at = enter(bytes, whole, stack, offset);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    if (at >= top.end) {
      stack.pop();
      continue;
    }
    if (top.named) at = wholeUint(bytes, at, offset).end;
    const head = inside(bytes, at, top.end, offset + at);
    if (isTable && head.type === 0x8 && head.end - at > ionLimits.symbolBytes) {
      throw new MalformedAt(offset + at, `is a symbol of over ${ionLimits.symbolBytes} bytes`);
    }
    at = enter(bytes, head, stack, offset);
    if (stack.length > ionLimits.depth) {
      throw new MalformedAt(offset + at, `is nested deeper than ${ionLimits.depth}`);
    }
  }
}

/** Opens a container or annotation; goes past anything else. Where to go on. */
function enter(bytes: Uint8Array, head: Head, stack: Open[], offset: number): number {
  const { type, low, start, end } = head;
  if (low === 0xf) return end;
  if (isContainer(type)) {
    stack.push({ end, named: type === 0xd });
    return start;
  }
  if (type !== 0xe) return end;
  const { value, end: from } = wholeUint(bytes, start, offset);
  if (from + value >= end) throw new MalformedAt(offset + start, "annotates nothing");
  stack.push({ end, named: false });
  return from + value;
}

/** The struct of a symbol table in an annotation; undefined for any other annotation. */
function tableIn(bytes: Uint8Array, { start }: Head, offset: number): Head | undefined {
  const annotations = wholeUint(bytes, start, offset);
  const first = wholeUint(bytes, annotations.end, offset);
  if (first.value !== ionSymbolTable) return undefined;
  const at = annotations.end + annotations.value;
  const table = inside(bytes, at, bytes.length, offset + at);
  return table.type === 0xd ? table : undefined;
}

/** Whether a table imports those before it. Tables that are kept elsewhere are refused: an export stands alone. */
function appends(bytes: Uint8Array, table: Head, offset: number): boolean {
  for (let at = table.start; at < table.end; ) {
    const name = wholeUint(bytes, at, offset);
    const value = inside(bytes, name.end, table.end, offset + name.end);
    if (name.value === imports && value.low !== 0xf) {
      if (value.type === 0x7 && value.low === 1 && bytes[value.start] === ionSymbolTable)
        return true;
      if (value.end > value.start) {
        throw new MalformedAt(offset + at, "imports symbols from a table that isn't here");
      }
    }
    at = value.end;
  }
  return false;
}

function inside(bytes: Uint8Array, at: number, end: number, offset: number): Head {
  const head = headAt(bytes, at, offset);
  if (!head || head.end > end) throw new MalformedAt(offset, "is longer than what holds it");
  return head;
}

function wholeUint(bytes: Uint8Array, at: number, offset: number) {
  const read = varUint(bytes, at, offset + at);
  if (!read) throw new MalformedAt(offset + at, "is longer than what holds it");
  return read;
}
