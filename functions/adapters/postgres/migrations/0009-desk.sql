-- What an insurer's people look for: whose work a claim is, and by when it is to be decided (microseconds; null where no clock runs).

-- step: whose work
ALTER TABLE claim ADD COLUMN assignee text;

-- step: decide by
ALTER TABLE claim ADD COLUMN decide_by bigint;

-- step: claim by assignee
CREATE INDEX claim_by_assignee ON claim (insurer, assignee, ord);

-- step: claim by decide-by
CREATE INDEX claim_by_decide_by ON claim (insurer, decide_by, stream);
