-- step: which payment file
ALTER TABLE payout ADD COLUMN file text;

-- step: when due (days since 1970, of an instalment)
ALTER TABLE payout ADD COLUMN due bigint;

-- step: payout by file
CREATE INDEX payout_by_file ON payout (insurer, file);
