-- When a statutory clock of a claim runs out (microseconds), which ran out, and when the newest of that was recorded.

-- step: breach due
ALTER TABLE claim ADD COLUMN breach_due bigint;

-- step: breached
ALTER TABLE claim ADD COLUMN breached text;

-- step: breached at
ALTER TABLE claim ADD COLUMN breached_at bigint;

-- step: claim by breach due
CREATE INDEX claim_by_breach_due ON claim (insurer, breach_due, stream);

-- step: claim by breached at
CREATE INDEX claim_by_breached_at ON claim (insurer, breached_at, stream);
