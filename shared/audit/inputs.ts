import type { Json } from "../base/canonical.ts";
import { assert } from "../base/malformed.ts";
import type { FieldIndex } from "../record/fields.ts";

/**
 * Turns a decision's inputs from (stream, field, value) into full references: the version of the record that carries the field and the salt
 * that opens it there, from `indexOf`, the reader's own index of that stream's fields.
 */
export function referInputs(
  fields: Readonly<Record<string, Json>>,
  indexOf: (stream: string) => FieldIndex | undefined,
): Record<string, Json> {
  const inputs = fields.inputs;
  if (!Array.isArray(inputs)) return { ...fields };
  const referred = inputs.map((input: Record<string, Json>) => {
    const { stream, field, value } = input;
    const at = indexOf(String(stream))?.[String(field)];
    assert(at !== undefined && value !== undefined, `an input's field ${String(field)} is indexed`);
    return {
      stream: String(stream),
      field: String(field),
      value,
      version: at.version.toString(),
      salt: at.salt,
    };
  });
  return { ...fields, inputs: referred };
}
