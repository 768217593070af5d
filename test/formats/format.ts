import { isDeepStrictEqual } from "node:util";
import { expect } from "@jest/globals";
import fc from "fast-check";
import { equal } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { mutated, mutation } from "./mutation.ts";

/** A parser and its formatter. */
export interface Format<Value> {
  readonly values: fc.Arbitrary<Value>;
  format(value: Value): Uint8Array;
  /** `like` is a value of which `bytes` were written, for parsers that must be told a width or a size. */
  parse(bytes: Uint8Array, like: Value): Value;
}

/** What must hold of a parser, by its name. */
export interface Strict {
  readonly name: string;
  /** Whatever the formatter writes is read as what was written. */
  readsBack(): void;
  /** Of changed bytes the parser either refuses, or reads what the formatter writes as those very bytes. */
  takesNothingElse(): void;
}

const runs = 80;
const changesEach = 8;

/** The two properties of a parser that reads exactly what its formatter writes. */
export const strict = <Value>(name: string, { values, format, parse }: Format<Value>): Strict => ({
  name,
  readsBack: () =>
    fc.assert(
      fc.property(values, (value) => {
        const read = parse(format(value), value);
        if (!isDeepStrictEqual(read, value)) expect(read).toStrictEqual(value);
      }),
      { numRuns: runs },
    ),
  takesNothingElse: () => {
    let refused = 0;
    const changes = fc.array(mutation, { minLength: changesEach, maxLength: changesEach });
    fc.assert(
      fc.property(values, changes, (value, some) => {
        const bytes = format(value);
        fc.pre(bytes.length > 0);
        for (const change of some) {
          const changed = mutated(bytes, change);
          const read = unlessRefused(() => parse(changed, value));
          if (read === undefined) refused++;
          else if (!equal(format(read.value), changed)) expect(format(read.value)).toEqual(changed);
        }
      }),
      { numRuns: runs },
    );
    expect(refused).toBeGreaterThan(runs / 2);
  },
});

function unlessRefused<T>(read: () => T): { readonly value: T } | undefined {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
