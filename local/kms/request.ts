import { KmsRefusal } from "./refusal.ts";

/** A parsed request body: its members are not yet looked at. Members KMS doesn't know are ignored, as it does. */
export type KmsRequest = Readonly<Record<string, unknown>>;

/** Reads a JSON 1.1 body; anything but an object is a SerializationException. */
export function parseRequest(body: Buffer): KmsRequest {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new KmsRefusal("SerializationException");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new KmsRefusal("SerializationException");
  }
  return { ...value };
}

/** The string member `name`, undefined where absent. */
export function optionalText(request: KmsRequest, name: string): string | undefined {
  const value = request[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new KmsRefusal("SerializationException");
  return value;
}

/** The string member `name`, which must be there. */
export function requiredText(request: KmsRequest, name: string): string {
  return optionalText(request, name) ?? refuseMember(name, "Member must not be null");
}

/** The base64 member `name` with its length bounds in bytes. */
export function blob(request: KmsRequest, name: string, min: number, max: number): Buffer {
  const text = requiredText(request, name);
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new KmsRefusal("SerializationException");
  if (bytes.length < min) {
    refuseMember(name, `Member must have length greater than or equal to ${min}`);
  }
  if (bytes.length > max) {
    refuseMember(name, `Member must have length less than or equal to ${max}`);
  }
  return bytes;
}

/** The integer member `name`, undefined where absent. */
export function optionalInteger(request: KmsRequest, name: string): number | undefined {
  const value = request[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw new KmsRefusal("SerializationException");
  }
  return value;
}

const maxContextLength = 8192;

/** The EncryptionContext as bytes that are equal for equal contexts, whatever the order of the pairs. */
export function encryptionContext(request: KmsRequest): Buffer {
  const value = request.EncryptionContext ?? {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new KmsRefusal("SerializationException");
  }
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  if (pairs.some(([, text]) => typeof text !== "string")) {
    throw new KmsRefusal("SerializationException");
  }
  const bytes = Buffer.from(JSON.stringify(pairs));
  if (bytes.length > maxContextLength) {
    throw new KmsRefusal("ValidationException", "The encryption context is too large.");
  }
  return bytes;
}

/** Refuses the member `name` in KMS's words for a failed constraint. */
export function refuseMember(name: string, constraint: string): never {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  throw new KmsRefusal(
    "ValidationException",
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}
