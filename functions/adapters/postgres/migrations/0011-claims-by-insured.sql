-- step: claim by insured, as lists go
CREATE INDEX claim_by_insured ON claim (insurer, person, submitted_at);
