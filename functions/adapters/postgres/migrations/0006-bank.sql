-- What is between the platform and banks. No amounts, no names, no accounts: a payment file is derived from payouts, a bank's message is read and gone.

-- step: payment_files (sent files: SHA-256 of their bytes; times in microseconds)
CREATE TABLE payment_files (
  insurer text NOT NULL, file text NOT NULL, sha256 text NOT NULL, sent_at bigint NOT NULL,
  PRIMARY KEY (insurer, file));

-- step: bank_messages (sha256: of the message's bytes; outcome: recorded, unreadable or wrong-totals)
CREATE TABLE bank_messages (
  insurer text NOT NULL, sha256 text NOT NULL, received_at bigint NOT NULL, outcome text NOT NULL, PRIMARY KEY (insurer, sha256));

-- step: breaks (about: payout or file, message: sha256, each '' where there is none; opened_in, closed_in: reconciliations that say so)
CREATE TABLE breaks (
  insurer text NOT NULL, kind text NOT NULL, about text NOT NULL, message text NOT NULL, opened_at bigint NOT NULL, closed_at bigint,
  opened_in bigint, closed_in bigint, PRIMARY KEY (insurer, kind, about, message));

-- step: breaks by what they are about
CREATE INDEX breaks_by_about ON breaks (insurer, about);

-- step: reconciliations (frozen before they are recorded in the log)
CREATE TABLE reconciliations (
  insurer text NOT NULL, number bigint NOT NULL, day bigint NOT NULL, payments bigint NOT NULL, matched bigint NOT NULL,
  PRIMARY KEY (insurer, number));

-- step: release_orders (a person's order to release payouts as this file within a window, closed under the person's key)
CREATE TABLE release_orders (
  insurer text NOT NULL, file text NOT NULL, person text NOT NULL, content text NOT NULL, opens_at bigint NOT NULL, state text NOT NULL,
  PRIMARY KEY (insurer, file));

-- step: orders by their window
CREATE INDEX release_orders_by_window ON release_orders (insurer, state, opens_at);

-- step: app deals with banks
GRANT SELECT, INSERT, UPDATE ON breaks, release_orders TO countersign_app;

-- step: app keeps what it was told
GRANT SELECT, INSERT ON payment_files, bank_messages, reconciliations TO countersign_app;
