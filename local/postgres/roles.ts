/** The database roles of the platform's processes; each one's rights are the GRANTs of the migrations. */
export const roles = ["app", "sequencer", "publisher", "auditor", "eraser"] as const;

export type Role = (typeof roles)[number];

/** The name a role has inside PostgreSQL. */
export const loginOf = (role: Role): string => `countersign_${role}`;

/** The login that owns the schema: it migrates, and only tests and the demo's attack use it for more. */
export const superuser = "postgres";
