/**
 * The strong entity tag (RFC 9110 §8.8.3) of what is a function of `versions`: those of its stream and of the accumulator rows that every act on it moves.
 */
export const etagOf = (...versions: readonly bigint[]): string => `"${versions.join(".")}"`;

const tag = /(W\/)?"[\x21\x23-\x7e]*"/y;
const comma = /[ \t]*,[ \t]*/y;

/** The tags of an If-Match or If-None-Match header, or "*"; undefined where it is neither (RFC 9110 §13.1.1). */
export function parseTags(header: string): readonly string[] | "*" | undefined {
  if (header.trim() === "*") return "*";
  const tags: string[] = [];
  const text = header.trim();
  for (let at = 0; at < text.length; ) {
    if (tags.length > 0) {
      comma.lastIndex = at;
      at += comma.exec(text)?.[0].length ?? text.length + 1;
    }
    tag.lastIndex = at;
    const found = tag.exec(text)?.[0];
    if (found === undefined) return undefined;
    tags.push(found);
    at += found.length;
  }
  return tags.length > 0 ? tags : undefined;
}

/** A list of entity tags, as {@link parseTags} reads it and the document says it. */
export const tagsForm =
  /^[ \t]*(W\/)?"[\x21\x23-\x7e]*"([ \t]*,[ \t]*(W\/)?"[\x21\x23-\x7e]*")*[ \t]*$/;

/** Whether `etag` is one of the tags, by strong comparison: a weak tag is none (RFC 9110 §8.8.3.2). */
export const matchesTag = (tags: readonly string[], etag: string): boolean => tags.includes(etag);
