/** The names this function reads; lib/ supplies exactly these. `DATABASE_ROLES` is JSON: database role → IAM role ARNs. */
export const names = ["DATABASE_URL", "DATABASE_ROLES"] as const;
