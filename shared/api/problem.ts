import { type Refusal, type RefusalCode, refusalCodes } from "../base/refusal.ts";

/** One field that is wrong: an RFC 6901 pointer into the body, or the name of a header or path parameter. */
export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

const refusals = {
  "not-found": [404, "There is no such thing here"],
  "not-a-party": [403, "The caller is no party to this"],
  "not-permitted": [403, "The caller may not do this"],
  "simulation-only": [403, "Only a simulated log takes this"],
  "wrong-state": [409, "The state does not allow this now"],
  "not-now": [409, "This can't be begun at this moment"],
  "policy-not-active": [422, "The policy was not active"],
  "limit-exceeded": [422, "A limit would be exceeded"],
  "award-exceeded": [422, "The award would be exceeded"],
  "reserve-exceeded": [422, "The reserve would be exceeded"],
  "amount-above-claimed": [422, "More than was claimed"],
  "amount-required": [422, "An amount is required"],
  "currency-mismatch": [422, "The currencies differ"],
  "day-ahead": [422, "The day has not come yet"],
  "reason-required": [422, "A reason is required"],
  "file-time": [422, "The file can't have been opened then"],
  "not-in-file": [422, "A document is not in this claim's file"],
  "person-required": [403, "Only a person may do this"],
  "same-person": [403, "Another person must do this"],
  "same-decider": [403, "Another decider must do this"],
  "no-policy": [422, "There is no policy"],
  "no-pack": [422, "There is no rule pack"],
  "no-payee": [422, "There is no payee"],
  "no-payer": [422, "There is no payer"],
  unpayable: [422, "No payment file can say it"],
  "payee-changed": [409, "The payee has changed"],
  "cooling-off": [409, "The payee changed a short time ago"],
  "not-due": [409, "The instalment is not due yet"],
  "screening-hold": [409, "Screening holds this"],
  "screening-due": [409, "The payee must be screened again"],
  "order-lapsed": [409, "The order to release is not of now"],
  "recovery-exceeded": [422, "More than was paid"],
  "above-authority": [403, "Above the caller's authority"],
  "kind-has-none": [422, "This kind of insurer has none"],
  duplicate: [409, "This exists already"],
  "key-reused": [422, "The Idempotency-Key was used for another request"],
  stale: [412, "This has changed since you read it"],
  erased: [410, "This was erased"],
  "legal-hold": [409, "A legal hold stands"],
  "claim-open": [409, "Something of this person is still open"],
  "golden-case": [422, "A golden case of the rule pack speaks against it"],
} as const satisfies Record<RefusalCode, readonly [number, string]>;

const requestProblems = {
  "malformed-request": [400, "The request is malformed"],
  "idempotency-key-required": [400, "An Idempotency-Key header is required"],
  "precondition-required": [428, "An If-Match header is required"],
  unauthenticated: [401, "A valid access token is required"],
  "method-not-allowed": [405, "This path has other methods"],
  "body-too-large": [413, "The body is too large"],
  "unsupported-media-type": [415, "The body must be application/json"],
  internal: [500, "Something went wrong on our side"],
  unavailable: [503, "The service is busy or down; try again"],
} as const;

/** Every problem the API can answer: [HTTP status, title]. 400 is a request no schema allows, 422 a command refused. */
export const problems = { ...refusals, ...requestProblems } as const;
export type ProblemCode = keyof typeof problems;

/** The stable `type` URI of a problem. */
export const problemType = <Code extends ProblemCode>(code: Code) =>
  `urn:countersign:problem:${code}` as const;

/** A problem to answer, before it has a request. */
export interface Problem {
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
}

/** A domain refusal as a problem. */
export const problemOf = ({ refused, detail, field }: Refusal): Problem =>
  field === undefined
    ? { code: refused, detail }
    : { code: refused, detail, errors: [{ field: `/${field.split(".").join("/")}`, detail }] };

/** The `application/problem+json` members of `problem` (RFC 9457 §3), and the ids of its request. */
export const problemDocument = (
  problem: Problem,
  { requestId, traceId }: { readonly requestId: string; readonly traceId: string },
) => ({ ...problemMembers(problem), requestId, traceId });

/** The members of `problem` without a request: of one among many in a result. */
export function problemMembers({ code, detail, errors }: Problem) {
  const [status, title] = problems[code];
  return {
    type: problemType(code),
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  };
}

/** Statuses a refusal can have, for the documentation of a route. */
export const refusalStatuses: readonly number[] = [
  ...new Set(refusalCodes.map((code) => refusals[code][0])),
].sort((a, b) => a - b);
