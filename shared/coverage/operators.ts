import { Malformed } from "../base/malformed.ts";
import { roundings } from "../base/rounding.ts";
import type { Expr } from "./expression-tree.ts";
import { isInt64, isRounding } from "./functions.ts";
import { type Scalar, type Type, typeName } from "./types.ts";

type Literal = Extract<Expr["exprKind"], { case: "constExpr" }>["value"]["constantKind"];

/** The type of a literal: int, string or bool. The parser does not bound integers, so this does. */
export function literalType(literal: Literal, where: string): Scalar {
  switch (literal.case) {
    case "int64Value":
      if (!isInt64(literal.value)) throw new Malformed(where, "has an integer beyond 64 bits");
      return "int";
    case "stringValue":
      if (!literal.value.isWellFormed()) {
        throw new Malformed(where, "has a text that is not well-formed Unicode");
      }
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

/** Every operator and function over plain values a pack may use, by its CEL name. */
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
  ["least", arithmetic],
  ["greatest", arithmetic],
  ["mulDiv", { takes: [["int", "int", "int", "string"]], gives: "int" }],
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

/** Refuses a rounding that is not written in the call as one of the three there are: which one a pack uses shows in its text. */
export function requireRounding(name: string, args: readonly Expr[], where: string): void {
  if (name !== "mulDiv") return;
  const last = args.at(-1)?.exprKind;
  const literal = last?.case === "constExpr" ? last.value.constantKind : undefined;
  if (literal?.case === "stringValue" && isRounding(literal.value)) return;
  throw new Malformed(
    where,
    `rounds mulDiv by none of ${roundings.map((each) => `"${each}"`).join(", ")}`,
  );
}
