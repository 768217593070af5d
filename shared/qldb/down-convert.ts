import { IonTypes } from "ion-js";
import { toBase64 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { type IonValue, ionText } from "./ion.ts";

/**
 * JSON text of `value` by the rules of the service's JSON exports (QLDB developer guide, "Down-converting to JSON"; Ion cookbook): annotations go,
 * timestamps, symbols, blobs (base64) and clobs become strings, every null is null, decimals and floats are numbers. What was an int, a decimal, a
 * timestamp or a string can't be told from it for certain. Throws Malformed for a number that JSON lacks (nan, +inf, -inf).
 */
export function downConvert(value: IonValue): string {
  if (value.isNull()) return "null";
  switch (value.getType()) {
    case IonTypes.BOOL:
      return String(value.booleanValue());
    case IonTypes.INT:
      return String(value);
    case IonTypes.FLOAT:
    case IonTypes.DECIMAL:
      return number(value);
    case IonTypes.TIMESTAMP:
      return JSON.stringify(ionText(value));
    case IonTypes.BLOB:
    case IonTypes.CLOB:
      return JSON.stringify(toBase64(Uint8Array.from(value.uInt8ArrayValue() ?? [])));
    case IonTypes.LIST:
    case IonTypes.SEXP:
      return `[${value.elements().map(downConvert).join(",")}]`;
    case IonTypes.STRUCT:
      return `{${value
        .allFields()
        .flatMap(([name, values]) =>
          values.map((each) => `${JSON.stringify(name)}:${downConvert(each)}`),
        )
        .join(",")}}`;
    default:
      return JSON.stringify(value.stringValue());
  }
}

function number(value: IonValue): string {
  const text = String(value)
    .replace(/[dD]/, "e")
    .replace(/\.(?=e|$)/, "");
  if (!/^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$/.test(text)) {
    throw new Malformed("number", "has no form in JSON");
  }
  return text;
}
