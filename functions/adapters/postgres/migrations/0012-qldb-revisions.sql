-- step: qldb_revisions (only where the ledger is QLDB: in which block and as which document an entry stands there)
CREATE TABLE qldb_revisions (
  insurer text NOT NULL, idx bigint NOT NULL, sequence_no bigint NOT NULL, document text NOT NULL, PRIMARY KEY (insurer, idx));

-- step: sequencer tells where
GRANT SELECT, INSERT ON qldb_revisions TO countersign_sequencer;

-- step: app reads where
GRANT SELECT ON qldb_revisions TO countersign_app;
