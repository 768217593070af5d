import type * as z from "zod";
import { parseTags } from "../../shared/api/etag.ts";
import { fieldErrors } from "../../shared/api/field-errors.ts";
import { idempotencyKeyForm } from "../../shared/api/idempotency-key.ts";
import type { FieldError } from "../../shared/api/problem.ts";
import { HttpProblem } from "./http-problem.ts";

/** `value` as `schema` reads it; otherwise 400 that names every field refused, never its value. */
export function readWith<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw malformed(fieldErrors(read.error.issues, value));
}

/** Path parameters as `schema` reads them; a path that names nothing possible is 404. */
export function readParams<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new HttpProblem({ code: "not-found", detail: "The path names nothing that can exist." });
}

/** The query as `schema` reads it; 400 that names each parameter refused, a repeated one too (API Gateway joins it by a comma). */
export function readQuery<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const errors = fieldErrors(read.error.issues, value);
  throw malformed(errors.map(({ field, detail }) => ({ field: field.slice(1), detail })));
}

/** The tags of an If-Match header; 428 without one, or where it names no version (`*`), 400 where it is none. */
export function readTags(header: string | undefined): readonly string[] {
  const tags = header === undefined ? "*" : parseTags(header);
  if (tags === "*") {
    const detail = "Read it first and send its ETag as If-Match.";
    throw new HttpProblem({ code: "precondition-required", detail });
  }
  if (tags) return tags;
  throw malformed([{ field: "If-Match", detail: "is no list of entity tags" }]);
}

/** The Idempotency-Key header: 1 to 255 visible ASCII characters other than a comma; 400 if it is missing or another. */
export function readKey(key: string | undefined): string {
  if (key === undefined) {
    const detail =
      "Send any random text; repeat the request with the same key to repeat its answer.";
    throw new HttpProblem({ code: "idempotency-key-required", detail });
  }
  if (idempotencyKeyForm.test(key)) return key;
  const detail = "is not 1 to 255 visible ASCII characters other than a comma";
  throw malformed([{ field: "Idempotency-Key", detail }]);
}

const malformed = (errors: FieldError[]) =>
  new HttpProblem({
    code: "malformed-request",
    detail: `${errors.map(({ field, detail }) => `${field || "body"} ${detail}`).join("; ")}.`,
    errors,
  });
