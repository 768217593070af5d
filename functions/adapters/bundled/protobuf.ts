/**
 * What bundles have in place of `@bufbuild/protobuf` and of the messages of `@bufbuild/cel-spec`. The rule engine makes its expressions as plain objects with a
 * `$typeName` and asks this package what is a message; messages as values of an expression, and their descriptors, which are parsed whenever a process
 * starts, no rule pack can have (docs/spec/expression-language.md). They are 113 kB.
 */
type Message = { readonly $typeName: string };
type Schema = { readonly typeName: string };

const named = (typeName: string): Schema => ({ typeName });
const known = (name: string): Schema => named(`google.protobuf.${name}`);

export const ExprSchema = named("cel.expr.Expr");
export const ParsedExprSchema = named("cel.expr.ParsedExpr");
export const CheckedExprSchema = named("cel.expr.CheckedExpr");
export const AnySchema = known("Any");
export const BoolValueSchema = known("BoolValue");
export const BytesValueSchema = known("BytesValue");
export const DoubleValueSchema = known("DoubleValue");
export const DurationSchema = known("Duration");
export const FloatValueSchema = known("FloatValue");
export const Int32ValueSchema = known("Int32Value");
export const Int64ValueSchema = known("Int64Value");
export const ListValueSchema = known("ListValue");
export const StringValueSchema = known("StringValue");
export const StructSchema = known("Struct");
export const TimestampSchema = known("Timestamp");
export const UInt32ValueSchema = known("UInt32Value");
export const UInt64ValueSchema = known("UInt64Value");
export const ValueSchema = known("Value");

/** Whether `value` is a message, of `schema` if one is given. */
export const isMessage = (value: unknown, schema?: Schema): value is Message =>
  typeof value === "object" &&
  value !== null &&
  "$typeName" in value &&
  (schema === undefined || value.$typeName === schema.typeName);

const never = (): false => false;

export {
  never as isReflectList,
  never as isReflectMap,
  never as isReflectMessage,
  never as isWrapper,
  never as isWrapperDesc,
};

/** Where the engine looks a name up that no variable has: no message is called so. */
export const createRegistry = () => ({ getMessage: unknown, getEnum: unknown });
const unknown = (): undefined => undefined;

const absent = (): never => {
  throw new Error("a bundle has no messages for an expression to make or read");
};

export {
  absent as anyPack,
  absent as anyUnpack,
  absent as base64Encode,
  absent as create,
  absent as equals,
  absent as fromJson,
  absent as reflect,
  absent as reflectList,
  absent as reflectMap,
  absent as timestampDate,
  absent as timestampFromMs,
  absent as toJson,
};

// Named by code of the engine that only messages come to.
export const ScalarType = {};
export const NullValue = {};
export const Type_PrimitiveType = {};
export const file_google_protobuf_struct = {};
export const file_google_protobuf_wrappers = {};
export const [INT32_MAX, INT32_MIN, UINT32_MAX] = [0x7fffffff, -0x80000000, 0xffffffff];
