-- A person's stream (holds, erasures), whose data each row is, and what the eraser may do. State of claims, policies, payouts and accumulators is
-- ciphertext under that person's data key (docs/adr/0007): whoever destroys the key has erased it in every backup of this database.

-- step: person (stream: the person's handle)
CREATE TABLE person (
  insurer text NOT NULL, stream text NOT NULL, version bigint NOT NULL, leaf_hash bytea NOT NULL, ord bigint NOT NULL,
  status text NOT NULL, state text NOT NULL, PRIMARY KEY (insurer, stream));

-- step: person by status
CREATE INDEX person_by_status ON person (insurer, status, ord);

-- step: whose policy
ALTER TABLE policy ADD COLUMN person text;

-- step: whose claim
ALTER TABLE claim ADD COLUMN person text;

-- step: whose payout
ALTER TABLE payout ADD COLUMN person text;

-- step: whose accumulator
ALTER TABLE accumulator ADD COLUMN person text;

-- step: policy by person
CREATE INDEX policy_by_person ON policy (insurer, person);

-- step: claim by person
CREATE INDEX claim_by_person ON claim (insurer, person);

-- step: payout by person
CREATE INDEX payout_by_person ON payout (insurer, person);

-- step: accumulator by person
CREATE INDEX accumulator_by_person ON accumulator (insurer, person);

-- step: sealed part by person
CREATE INDEX sealed_part_by_person ON sealed_part (insurer, person);

-- step: principal by person
CREATE INDEX principal_by_person ON principal (insurer, person);

-- step: app keeps persons
GRANT SELECT, INSERT, UPDATE ON person TO countersign_app;

-- step: eraser blanks state
GRANT SELECT, UPDATE ON policy, claim, payout, accumulator TO countersign_eraser;

-- step: eraser forgets replies and who a person is
GRANT SELECT, DELETE ON idempotency, principal TO countersign_eraser;
