import { Malformed } from "../base/malformed.ts";
import type { Expr } from "./expression-tree.ts";
import { type Scalar, type Type, typeName } from "./types.ts";

type Literal = Extract<Expr["exprKind"], { case: "constExpr" }>["value"]["constantKind"];

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** The type of a literal: int, string or bool. The parser does not bound integers, so this does. */
export function literalType(literal: Literal, where: string): Scalar {
  switch (literal.case) {
    case "int64Value":
      if (literal.value < int64.min || literal.value > int64.max) {
        throw new Malformed(where, "has an integer beyond 64 bits");
      }
      return "int";
    case "stringValue":
      return "string";
    case "boolValue":
      return "bool";
    default:
      throw new Malformed(where, "has a literal that is not an integer, a text or a truth value");
  }
}

const scalars: readonly Scalar[] = ["bool", "int", "string"];
const arithmetic = { takes: [["int", "int"]], gives: "int" } as const;
const order = {
  takes: [
    ["int", "int"],
    ["string", "string"],
  ],
  gives: "bool",
} as const;
const equality = { takes: scalars.map((type) => [type, type] as const), gives: "bool" } as const;
const logic = { takes: [["bool", "bool"]], gives: "bool" } as const;

interface Signature {
  readonly takes: readonly (readonly Scalar[])[];
  readonly gives: Scalar;
}

/** Every operator over plain values a pack may use, by its CEL name. */
const operators: ReadonlyMap<string, Signature> = new Map<string, Signature>([
  ["_+_", arithmetic],
  ["_-_", arithmetic],
  ["_*_", arithmetic],
  ["_/_", arithmetic],
  ["_%_", arithmetic],
  ["-_", { takes: [["int"]], gives: "int" }],
  ["_<_", order],
  ["_<=_", order],
  ["_>_", order],
  ["_>=_", order],
  ["_==_", equality],
  ["_!=_", equality],
  ["_&&_", logic],
  ["_||_", logic],
  ["!_", { takes: [["bool"]], gives: "bool" }],
]);

/** The result type of operator or method `name` on `types`; throws Malformed for any a pack may not use. */
export function operatorType(
  name: string,
  method: boolean,
  types: readonly Type[],
  where: string,
): Type {
  const [first, second, third] = types;
  if (method) {
    if (name === "startsWith" && types.length === 2 && first === "string" && second === "string") {
      return "bool";
    }
  } else if (name === "@in") {
    if (typeof second === "object" && "list" in second && second.list === first) return "bool";
  } else if (name === "_?_:_") {
    if (first === "bool" && typeof second === "string" && second === third) return second;
  } else {
    const signature = operators.get(name);
    const fits = signature?.takes.some(
      (takes) => takes.length === types.length && takes.every((type, i) => type === types[i]),
    );
    if (signature && fits) return signature.gives;
  }
  const operands = types.map(typeName).join(", ");
  throw new Malformed(where, `applies ${name} to ${operands || "nothing"}, which a pack may not`);
}
