-- One statement per step, in the subset Aurora DSQL accepts: no triggers, arrays, sequences or synchronous secondary indexes there.
-- insurer = log id. ord: microseconds, causal. Bytes are bytea. Wrapped data keys are never in the database.

-- step: insurer
CREATE TABLE insurer (
  insurer text PRIMARY KEY, kind text NOT NULL,
  stream text NOT NULL, version bigint NOT NULL, leaf_hash bytea NOT NULL, ord bigint NOT NULL, state text NOT NULL);

-- step: policy
CREATE TABLE policy (
  insurer text NOT NULL, stream text NOT NULL, version bigint NOT NULL, leaf_hash bytea NOT NULL, ord bigint NOT NULL,
  status text NOT NULL, state text NOT NULL, PRIMARY KEY (insurer, stream));

-- step: claim
CREATE TABLE claim (
  insurer text NOT NULL, stream text NOT NULL, version bigint NOT NULL, leaf_hash bytea NOT NULL, ord bigint NOT NULL,
  status text NOT NULL, state text NOT NULL, PRIMARY KEY (insurer, stream));

-- step: claim by status
CREATE INDEX claim_by_status ON claim (insurer, status, ord);

-- step: payout
CREATE TABLE payout (
  insurer text NOT NULL, stream text NOT NULL, version bigint NOT NULL, leaf_hash bytea NOT NULL, ord bigint NOT NULL,
  status text NOT NULL, state text NOT NULL, claim text NOT NULL, PRIMARY KEY (insurer, stream));

-- step: payout by claim
CREATE INDEX payout_by_claim ON payout (insurer, claim);

-- step: payout by status
CREATE INDEX payout_by_status ON payout (insurer, status, ord);

-- step: pack
CREATE TABLE pack (
  insurer text NOT NULL, stream text NOT NULL, version bigint NOT NULL, leaf_hash bytea NOT NULL, ord bigint NOT NULL,
  status text NOT NULL, state text NOT NULL, PRIMARY KEY (insurer, stream));

-- step: accumulator (subject: policy/<stream> or claim/<stream>)
CREATE TABLE accumulator (
  insurer text NOT NULL, subject text NOT NULL, version bigint NOT NULL, ord bigint NOT NULL, state text NOT NULL,
  PRIMARY KEY (insurer, subject));

-- step: principal
CREATE TABLE principal (
  issuer text NOT NULL, sub text NOT NULL, insurer text NOT NULL, role text NOT NULL, person text NOT NULL,
  kind text NOT NULL,
  PRIMARY KEY (issuer, sub, insurer));

-- step: idempotency (reply: encrypted under the caller's own data key, so that an erasure reaches it)
CREATE TABLE idempotency (
  caller text NOT NULL, idempotency_key text NOT NULL, fingerprint bytea NOT NULL, status integer NOT NULL, reply bytea NOT NULL,
  ord bigint NOT NULL, PRIMARY KEY (caller, idempotency_key));

-- step: outbox
CREATE TABLE outbox (
  insurer text NOT NULL, ord bigint NOT NULL, event_id text NOT NULL, stream text NOT NULL, version bigint NOT NULL,
  leaf_hash bytea NOT NULL, record bytea NOT NULL, PRIMARY KEY (insurer, ord, event_id));

-- step: outbox by leaf hash
-- DSQL indexes no bytea, but it indexes an expression: look up by encode(leaf_hash, 'hex') = $1.
CREATE INDEX outbox_by_leaf ON outbox (encode(leaf_hash, 'hex'));

-- step: head (frontier: the 32-byte hashes of the complete subtrees, largest first, concatenated)
CREATE TABLE head (
  insurer text PRIMARY KEY, size bigint NOT NULL, frontier bytea NOT NULL, root bytea NOT NULL, claimed_at bigint NOT NULL);

-- step: entry
CREATE TABLE entry (
  insurer text NOT NULL, idx bigint NOT NULL, event_id text NOT NULL, stream text NOT NULL, version bigint NOT NULL,
  leaf_hash bytea NOT NULL, record bytea NOT NULL,
  PRIMARY KEY (insurer, idx), UNIQUE (event_id), UNIQUE (insurer, stream, version));

-- step: entry by leaf hash
-- DSQL indexes no bytea, but it indexes an expression: look up by encode(leaf_hash, 'hex') = $1.
CREATE INDEX entry_by_leaf ON entry (encode(leaf_hash, 'hex'));

-- step: checkpoint
CREATE TABLE checkpoint (
  insurer text NOT NULL, size bigint NOT NULL, root bytea NOT NULL, committed_at bigint NOT NULL, PRIMARY KEY (insurer, size));

-- step: sealed leaves (all leaf hashes of a record's sealed tree, padding included, concatenated)
CREATE TABLE sealed_leaves (
  insurer text NOT NULL, stream text NOT NULL, version bigint NOT NULL, leaves bytea NOT NULL, PRIMARY KEY (insurer, stream, version));

-- step: sealed part (one AES-256-GCM ciphertext per person and class of a record: nonce, ciphertext, tag)
CREATE TABLE sealed_part (
  insurer text NOT NULL, stream text NOT NULL, version bigint NOT NULL, person text NOT NULL, class text NOT NULL,
  ciphertext bytea NOT NULL, PRIMARY KEY (insurer, stream, version, person, class));
