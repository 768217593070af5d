/** The names this function reads; lib/ supplies exactly these. */
export const names = ["ORIGIN_VERIFY"] as const;
