/** The names this function reads; lib/ must supply each. */
export const names = [
  "DATABASE_URL",
  "ORIGIN_PREFIX",
  "DATA_KEY_ID",
  "WRAPPED_KEYS_BUCKET",
] as const;
