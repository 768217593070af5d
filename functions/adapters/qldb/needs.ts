/** What the role that runs this adapter must be allowed. */
export const needs = [
  { action: "qldb:SendCommand", resource: "ledger" },
  { action: "qldb:GetDigest", resource: "ledger" },
  { action: "qldb:GetBlock", resource: "ledger" },
  { action: "qldb:GetRevision", resource: "ledger" },
  { action: "qldb:PartiQLCreateTable", resource: "tables of the ledger" },
  { action: "qldb:PartiQLCreateIndex", resource: "tables of the ledger" },
  { action: "qldb:PartiQLInsert", resource: "tables of the ledger" },
  { action: "qldb:PartiQLSelect", resource: "tables and catalog of the ledger" },
] as const;
