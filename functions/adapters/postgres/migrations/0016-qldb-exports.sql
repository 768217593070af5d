-- An auditor's export of a ledger whose engine is QLDB says how far each insurer's entries reach into its journal.

-- step: auditor reads where
GRANT SELECT ON qldb_revisions TO countersign_auditor;
