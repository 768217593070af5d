-- Append-only by grant: nobody updates or deletes an entry, a checkpoint or a sealed leaf; only the eraser deletes sealed parts.

-- step: role app
CREATE ROLE countersign_app;

-- step: role sequencer
CREATE ROLE countersign_sequencer;

-- step: role publisher
CREATE ROLE countersign_publisher;

-- step: role auditor
CREATE ROLE countersign_auditor;

-- step: role eraser
CREATE ROLE countersign_eraser;

-- step: app changes state
GRANT SELECT, INSERT, UPDATE ON insurer, policy, claim, payout, pack, accumulator, principal TO countersign_app;

-- step: app appends
GRANT SELECT, INSERT ON idempotency, outbox, sealed_leaves, sealed_part TO countersign_app;

-- step: app reads the log and opens a new one
GRANT SELECT ON entry, checkpoint TO countersign_app;

-- step: app makes the head of a new insurer
GRANT SELECT, INSERT ON head TO countersign_app;

-- step: sequencer
GRANT SELECT, DELETE ON outbox TO countersign_sequencer;

-- step: sequencer appends
GRANT SELECT, INSERT ON entry, checkpoint TO countersign_sequencer;

-- step: sequencer moves the head
GRANT SELECT, UPDATE ON head TO countersign_sequencer;

-- step: publisher reads
GRANT SELECT ON insurer, entry, checkpoint, head, sealed_leaves, sealed_part TO countersign_publisher;

-- step: auditor reads
GRANT SELECT ON insurer, entry, checkpoint, head, sealed_leaves, sealed_part, pack TO countersign_auditor;

-- step: eraser
GRANT SELECT, DELETE ON sealed_part TO countersign_eraser;
