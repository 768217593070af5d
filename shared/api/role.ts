/** What a principal may be to an insurer; one row of our table holds one role. */
export const roles = [
  "claimant",
  "intake",
  "adjuster",
  "releaser",
  "underwriter",
  "auditor",
  "operator",
] as const;
export type Role = (typeof roles)[number];

/** OAuth 2.0 scopes, written as Cognito writes a resource server's: `<resource server>/<scope>`. */
export const scopes = [
  "countersign/claims:submit",
  "countersign/claims:read.own",
  "countersign/claims:read",
  "countersign/claims:adjudicate",
  "countersign/payouts:approve",
  "countersign/payouts:release",
  "countersign/policies:write",
  "countersign/rules:publish",
  "countersign/insurer:configure",
  "countersign/ledger:verify",
] as const;
export type Scope = (typeof scopes)[number];

/** The scopes a client acting for someone of this role asks for. */
export const scopesOfRole: Readonly<Record<Role, readonly Scope[]>> = {
  claimant: ["countersign/claims:submit", "countersign/claims:read.own"],
  intake: ["countersign/claims:submit", "countersign/claims:read"],
  adjuster: [
    "countersign/claims:read",
    "countersign/claims:adjudicate",
    "countersign/payouts:approve",
  ],
  releaser: ["countersign/claims:read", "countersign/payouts:release"],
  underwriter: ["countersign/policies:write", "countersign/rules:publish"],
  auditor: ["countersign/claims:read", "countersign/ledger:verify"],
  operator: ["countersign/claims:read", "countersign/insurer:configure"],
};
