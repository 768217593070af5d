import { describe, expect, test } from "@jest/globals";
import { Malformed } from "../../shared/base/malformed.ts";
import type { DataKeyService } from "../../shared/ports/keys.ts";

/** How a stand-in refuses a wrapping of another master key, where it doesn't by KMS's own names for that. */
export interface ForeignKey {
  /** So many bytes at the start of a wrapping name its master key. */
  readonly bytes: number;
  readonly name: string;
}

const context = { insurer: "acme", person: "p-1", class: "financial" };

/** What every DataKeyService must do. `open` gives one under a master key of its own. */
export function dataKeysContract(
  name: string,
  open: () => Promise<DataKeyService>,
  foreignKey?: ForeignKey,
): void {
  const ofAnotherKey = async (opened: Promise<unknown>): Promise<void> => {
    if (foreignKey) await expect(opened).rejects.toMatchObject({ name: foreignKey.name });
    else await expect(opened).rejects.toThrow(Malformed);
  };

  describe(`data keys: ${name}`, () => {
    test("come back from their wrapping, for their person and class only", async () => {
      const keys = await open();
      const { plain, wrapped } = await keys.generate(context);
      expect(plain).toHaveLength(32);
      expect(await keys.unwrap(wrapped, context)).toEqual(plain);
      for (const other of [
        { ...context, insurer: "acm" },
        { ...context, person: "p-2" },
        { ...context, class: "identity-and-health" },
      ]) {
        await expect(keys.unwrap(wrapped, other)).rejects.toThrow(Malformed);
      }
    });

    test("are new each time", async () => {
      const keys = await open();
      const [one, two] = [await keys.generate(context), await keys.generate(context)];
      expect(one.plain).not.toEqual(two.plain);
      expect(one.wrapped).not.toEqual(two.wrapped);
    });

    test("one flipped bit anywhere in the wrapping is refused", async () => {
      const keys = await open();
      const { wrapped } = await keys.generate(context);
      for (let i = 0; i < wrapped.length; i++) {
        const opened = keys.unwrap(wrapped.with(i, (wrapped[i] ?? 0) ^ 1), context);
        if (i < (foreignKey?.bytes ?? 0)) await ofAnotherKey(opened);
        else await expect(opened).rejects.toThrow(Malformed);
      }
      await expect(keys.unwrap(wrapped.slice(0, -1), context)).rejects.toThrow(Malformed);
      await expect(keys.unwrap(Uint8Array.of(1), context)).rejects.toThrow(Malformed);
    });

    test("made under one master key do not open under another", async () => {
      const [one, two] = [await open(), await open()];
      const { wrapped } = await one.generate(context);
      await ofAnotherKey(two.unwrap(wrapped, context));
    });
  });
}
