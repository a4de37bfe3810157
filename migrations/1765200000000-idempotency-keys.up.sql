-- Requests that carried an Idempotency-Key, each with its first answer, for a day. Written in the transaction of the change.
CREATE TABLE idempotency_keys (
  user_id integer NOT NULL,
  -- Method and pattern, such as `PATCH /api/tasks/:id`.
  route text NOT NULL,
  key character varying(255) NOT NULL,
  -- HMAC of what was asked for: a body may hold a password.
  fingerprint bytea NOT NULL,
  created_at timestamp with time zone NOT NULL,
  -- Null where the answer is not kept: it was too long, or a value in it was redacted since.
  status smallint,
  headers jsonb,
  body text,
  -- What was changed, as `task:7`.
  records text[] NOT NULL DEFAULT '{}',
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, route, key)
);
-- Rows come and go within a day, and each is written twice: the claim, then the answer.
ALTER TABLE idempotency_keys SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
COMMENT ON TABLE idempotency_keys IS 'Requests that carried an Idempotency-Key, each with its first answer, for 24 hours.';
