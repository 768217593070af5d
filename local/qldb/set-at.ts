import { dom, IonTypes } from "ion-js";
import type { IonValue } from "../../shared/qldb/ion.ts";
import type { Path } from "./query.ts";
import { badRequest } from "./refusal.ts";

/** `value` with another value at `path`; the last name may be new, what leads to it may not. Throws Refusal. */
export function setAt(value: IonValue, path: Path, wanted: IonValue): IonValue {
  const [step, ...rest] = path;
  if (step === undefined) return wanted;
  const inner = (there: IonValue | null | undefined): IonValue => {
    if (rest.length === 0) return wanted;
    if (!there) throw badRequest(`There is nothing at ${String(step)} to set a value in`);
    return setAt(there, rest, wanted);
  };
  const type = value.isNull() ? undefined : value.getType();
  if (typeof step === "string" && type === IonTypes.STRUCT) {
    const fields = new Map<string, unknown>(
      value.allFields().map(([name, [first]]) => [name, first] as const),
    );
    fields.set(step, inner(value.get(step)));
    return dom.Value.from(Object.fromEntries(fields), value.getAnnotations());
  }
  if (typeof step === "number" && type === IonTypes.LIST && step < value.elements().length) {
    const elements = [...value.elements()];
    elements[step] = inner(elements[step]);
    return dom.Value.from(elements, value.getAnnotations());
  }
  throw badRequest(`There is no ${String(step)} to set in a ${type?.name ?? "null"}`);
}
