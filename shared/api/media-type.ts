/** Media types of what routes answer (RFC 8259 §11, RFC 2046 §4.1). */
export const json = "application/json";
export const text = "text/plain; charset=utf-8";
