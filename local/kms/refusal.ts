/** The errors of the KMS API that this stub answers with, and their HTTP status codes as its reference lists them. */
export const httpStatus = {
  AlreadyExistsException: 400,
  DisabledException: 400,
  IncorrectKeyException: 400,
  InvalidAliasNameException: 400,
  InvalidCiphertextException: 400,
  InvalidKeyUsageException: 400,
  KMSInternalException: 500,
  KMSInvalidStateException: 400,
  MissingAuthenticationTokenException: 400,
  NotFoundException: 400,
  SerializationException: 400,
  ThrottlingException: 400,
  UnknownOperationException: 400,
  UnsupportedOperationException: 400,
  ValidationException: 400,
} as const;

export type RefusalType = keyof typeof httpStatus;

/** A request that KMS refuses, as it goes on the wire: `__type` and, for most, `message`. */
export class KmsRefusal extends Error {
  override readonly name = "KmsRefusal";
  readonly type: RefusalType;
  constructor(type: RefusalType, message = "") {
    super(message);
    this.type = type;
  }
}
