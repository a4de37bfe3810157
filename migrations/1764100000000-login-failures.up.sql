-- Who failed to sign in, for as long as it counts. Neither names nor passwords: what was typed as a name may be one.
CREATE TABLE login_failures (
  id bigint GENERATED ALWAYS AS IDENTITY,
  network character varying(64) NOT NULL,
  account character varying(64) NOT NULL,
  device_id uuid,
  failed_at timestamp with time zone NOT NULL,
  CONSTRAINT login_failures_pkey PRIMARY KEY (id)
);
CREATE INDEX login_failures_network_idx ON login_failures (network, failed_at);
CREATE INDEX login_failures_account_idx ON login_failures (account, failed_at);
CREATE INDEX login_failures_failed_at_idx ON login_failures (failed_at);

-- The question that was put to whoever is suspected, so that every replica knows it.
CREATE TABLE login_questions (
  subject character varying(200) NOT NULL,
  question character varying(32) NOT NULL,
  answer character varying(32) NOT NULL,
  wrong_answers integer NOT NULL DEFAULT 0,
  spent boolean NOT NULL DEFAULT false,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT login_questions_pkey PRIMARY KEY (subject)
);
CREATE INDEX login_questions_expires_at_idx ON login_questions (expires_at);
