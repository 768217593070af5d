/** An error answer of the service, as its clients expect it: HTTP status, exception type, message, further fields. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly type: string;
  readonly fields: Readonly<Record<string, string>>;
  constructor(status: number, type: string, message: string, fields: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.type = type;
    this.fields = fields;
  }
}

/** The session plane's answer to a statement or command it doesn't take. */
export const badRequest = (message: string): Refusal =>
  new Refusal(400, "BadRequestException", message, { Code: "400" });

/** The transaction lost: another one committed what it had read. */
export const occConflict = (): Refusal =>
  new Refusal(400, "OccConflictException", "Optimistic concurrency control failure");

/** The session or its transaction is gone. */
export const invalidSession = (message: string): Refusal =>
  new Refusal(400, "InvalidSessionException", message, { Code: "400" });

/** A quota of the service is reached. */
export const limitExceeded = (message: string): Refusal =>
  new Refusal(400, "LimitExceededException", message);

/** The control plane's answer to a parameter outside its domain. */
export const invalidParameter = (parameter: string, message: string): Refusal =>
  new Refusal(400, "InvalidParameterException", message, { ParameterName: parameter });

/** The control plane's answer for a ledger that isn't there. */
export const ledgerNotFound = (name: string): Refusal =>
  new Refusal(404, "ResourceNotFoundException", `The Ledger with name ${name} is not found`, {
    ResourceType: "Ledger",
    ResourceName: name,
  });

/** The session plane's answer to more requests than it takes at once. */
export const tooManySessionRequests = (): Refusal =>
  new Refusal(400, "RateExceededException", "Rate exceeded");

/** The control plane's. */
export const throttled = (): Refusal => new Refusal(400, "ThrottlingException", "Rate exceeded");
