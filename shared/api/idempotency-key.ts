/** An Idempotency-Key: visible ASCII characters but the comma, for two headers of the name arrive joined by one. */
export const idempotencyKeyForm = /^[\x21-\x2b\x2d-\x7e]{1,255}$/;
