import * as z from "zod";
import { canonicalText, type Json } from "../../shared/base/canonical.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { JobName } from "./job-shelf.ts";
import { closeState, openState, type RowPlace, type RowPorts } from "./row-cipher.ts";

/**
 * What was asked of jobs of one kind, closed under the key of whoever asked and bound to the job: nobody has something else done, or in another's name, by way of the
 * object that says how far it is. `kind` is theirs alone.
 */
export function jobOrder<Order>(kind: string, schema: z.ZodType<Order>) {
  const placeOf = ({ insurer, id }: JobName, person: Handle): RowPlace => ({
    ...{ insurer, table: kind, key: id, version: 1n, person },
    class: "identity-and-health",
  });
  return {
    /** Throws Unavailable. */
    async close(ports: RowPorts, name: JobName, by: Handle, order: Order): Promise<string> {
      const place = placeOf(name, by);
      await ports.keys.obtain(place);
      return closeState(ports, place, canonicalText(z.encode(schema, order) as Json));
    },
    /** What was asked; undefined where who asked was erased. Throws Unavailable; Malformed where somebody changed the object. */
    async open(
      ports: Pick<RowPorts, "keys" | "cipher">,
      name: JobName,
      { by, order }: { readonly by: Handle; readonly order: string },
    ): Promise<Order | undefined> {
      const place = placeOf(name, by);
      if (!(await ports.keys.find(place))) return undefined;
      const text = openState(ports, place, order);
      return text === undefined ? undefined : z.decode(schema, JSON.parse(text));
    },
  };
}
