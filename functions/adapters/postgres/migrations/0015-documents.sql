-- Documents that were brought here from another ledger: one row each, its state closed under the data key of its own handle.

-- step: document
CREATE TABLE document (
  insurer text NOT NULL, stream text NOT NULL, version bigint NOT NULL, leaf_hash bytea NOT NULL, ord bigint NOT NULL,
  status text NOT NULL, state text NOT NULL, person text, PRIMARY KEY (insurer, stream));

-- step: document by person
CREATE INDEX document_by_person ON document (insurer, person);

-- step: app imports
GRANT SELECT, INSERT, UPDATE ON document TO countersign_app;

-- step: eraser blanks documents
GRANT SELECT, UPDATE ON document TO countersign_eraser;
