-- What somebody's own claims and policies are found by: handles, and when a claim was submitted (µs, never moved: the order of lists). The eraser empties them.

-- step: who submitted
ALTER TABLE claim ADD COLUMN claimant text;

-- step: when submitted
ALTER TABLE claim ADD COLUMN submitted_at bigint;

-- step: who holds
ALTER TABLE policy ADD COLUMN holder text;

-- step: claim by claimant
CREATE INDEX claim_by_claimant ON claim (insurer, claimant, submitted_at);

-- step: policy by holder
CREATE INDEX policy_by_holder ON policy (insurer, holder);
