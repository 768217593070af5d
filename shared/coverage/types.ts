/** The types an expression may have: no doubles, times, durations, bytes, nulls or dynamic values. */
export type Type = Scalar | ListType | RecordType;
export type Scalar = "bool" | "int" | "string";
export interface ListType {
  readonly list: Scalar | RecordType;
  /** The most items it can have, which bounds the work of reading it. */
  readonly atMost: number;
}
export interface RecordType {
  readonly fields: Readonly<Record<string, Type>>;
}

/** Names an expression can see, with their types. */
export type Scope = ReadonlyMap<string, Type>;

export const maxDiagnoses = 50;
export const maxLines = 100;

const line: RecordType = {
  fields: { service: "string", claimed: "int", hasContracted: "bool", contracted: "int" },
};

/** What every rule can see of a claim, by name. */
export const factTypes: readonly (readonly [string, Type])[] = [
  ["basisDay", "int"],
  [
    "claim",
    {
      fields: {
        event: "string",
        lossDay: "int",
        hasDiagnosisDay: "bool",
        diagnosisDay: "int",
        noticeDay: "int",
        diagnoses: { list: "string", atMost: maxDiagnoses },
        claimed: "int",
        hasContracted: "bool",
        contracted: "int",
        hasOtherPaid: "bool",
        otherPaid: "int",
        lines: { list: line, atMost: maxLines },
      },
    },
  ],
  [
    "policy",
    {
      fields: {
        present: "bool",
        coverage: "string",
        startDay: "int",
        endDay: "int",
        hasLimit: "bool",
        limit: "int",
        remaining: "int",
      },
    },
  ],
  ["insured", { fields: { hasBirthDay: "bool", birthDay: "int", ageYears: "int" } }],
];

/** How a person would name `type`. */
export function typeName(type: Type): string {
  if (typeof type === "string") return type;
  return "list" in type ? `list of ${typeName(type.list)}` : "record";
}
