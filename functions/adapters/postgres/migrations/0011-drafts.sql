-- step: pack_drafts (a rule pack's text before it is published: who wrote it, for which pack's stream; a draft is never changed)
CREATE TABLE pack_drafts (
  insurer text NOT NULL, draft text NOT NULL, pack text NOT NULL, author text NOT NULL, content text NOT NULL,
  created_at bigint NOT NULL, PRIMARY KEY (insurer, draft));

-- step: drafts by age
CREATE INDEX pack_drafts_by_age ON pack_drafts (insurer, created_at, draft);

-- step: app keeps drafts
GRANT SELECT, INSERT ON pack_drafts TO countersign_app;
