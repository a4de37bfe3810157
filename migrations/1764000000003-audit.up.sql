-- The audit trail, the request log, and the redactions of the trail. Triggers that keep them append-only are in
-- roles-and-guards.

-- No foreign keys: entries outlive the records that they are about, with the actor's name at the time.
CREATE TABLE audit_trail (
  id bigint GENERATED ALWAYS AS IDENTITY,
  occurred_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  actor_id integer,
  actor_name character varying(150) NOT NULL,
  actor_role character varying(16) NOT NULL,
  action character varying(64) NOT NULL,
  entity_type character varying(32) NOT NULL,
  entity_id integer,
  entity_version integer,
  changes jsonb NOT NULL,
  reason text,
  request_id character varying(128),
  session_id integer,
  ip_address character varying(64),
  -- The name by which the record was known at the time.
  entity_name character varying(255),
  -- Blinds the values of the entry in its leaf of the log, so that a value can be redacted without the proof of the rest.
  salt bytea DEFAULT uuid_send(gen_random_uuid()),
  -- The record's own time of its last change, so that its state as of any time is exact.
  entity_updated_at timestamp with time zone,
  -- Replaces the salt after a redaction: the salts of the remaining values, the commitments to the redacted ones.
  openings jsonb,
  -- The server's own id of a request for which the client gave one: several requests, of several users, may share the
  -- client's. Null where request_id is the server's own.
  server_request_id uuid,
  CONSTRAINT audit_trail_pkey PRIMARY KEY (id),
  CONSTRAINT audit_trail_salt_check CHECK ((salt IS NULL) = (openings IS NOT NULL))
) WITH (
  autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 10000,
  autovacuum_freeze_min_age = 0, autovacuum_analyze_scale_factor = 0.02
);
CREATE INDEX audit_trail_entity_idx ON audit_trail (entity_type, entity_id, id);
CREATE INDEX audit_trail_actor_idx ON audit_trail (actor_id, id);
CREATE INDEX audit_trail_action_idx ON audit_trail (action, id);
CREATE INDEX audit_trail_occurred_at_idx ON audit_trail (occurred_at, id);
CREATE INDEX audit_trail_session_idx ON audit_trail (session_id, id);
-- Few changes have a reason, so a search in the reasons reads only those.
CREATE INDEX audit_trail_reason_idx ON audit_trail (id) WHERE reason IS NOT NULL;
-- The names of the changed fields.
CREATE INDEX audit_trail_fields_idx ON audit_trail USING gin (jsonb_path_query_array(changes, '$.keyvalue().key'));
CREATE INDEX audit_trail_openings_idx ON audit_trail (id) WHERE openings IS NOT NULL;

-- Folds changes, in their order, to the last change of each field: the record's state after them.
CREATE AGGREGATE last_changes(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}');

-- Partitioned by month, so that its owner can drop or detach old months as a whole. The role that serves has no right to any
-- partition. The partitions of months are made by the functions of request-log-partitions.
CREATE TABLE api_audit_logs (
  id bigint NOT NULL,
  timestamp timestamp with time zone NOT NULL,
  user_id integer,
  username character varying(150),
  method character varying(16) NOT NULL,
  path text NOT NULL,
  operation character varying(128),
  status_code integer NOT NULL,
  duration_ms numeric(12,3) NOT NULL,
  ip_address character varying(64),
  user_agent character varying(512),
  request_id character varying(128) NOT NULL,
  query jsonb,
  request_body jsonb,
  response_body jsonb,
  -- How many similar requests a row stands for.
  request_count integer NOT NULL DEFAULT 1,
  -- Bytes left out of a row beyond what one user or address may log in an hour.
  omitted_bytes integer NOT NULL DEFAULT 0,
  server_request_id uuid,
  CONSTRAINT api_audit_logs_pkey PRIMARY KEY (id, timestamp)
) PARTITION BY RANGE (timestamp);
-- An identity column of a partitioned table needs PostgreSQL 17.
CREATE SEQUENCE api_audit_logs_id_seq OWNED BY api_audit_logs.id;
ALTER TABLE api_audit_logs ALTER COLUMN id SET DEFAULT nextval('api_audit_logs_id_seq');
CREATE INDEX api_audit_logs_timestamp_idx ON api_audit_logs (timestamp, id);
CREATE INDEX api_audit_logs_user_id_idx ON api_audit_logs (user_id, id);
CREATE INDEX api_audit_logs_request_id_idx ON api_audit_logs (request_id);
CREATE INDEX api_audit_logs_server_request_id_idx ON api_audit_logs (server_request_id)
  WHERE server_request_id IS NOT NULL;
-- Only requests with a body can hold a redacted text, and the path of a record ends with its id. Clients may send longer
-- paths than an index can hold.
CREATE INDEX api_audit_logs_path_idx ON api_audit_logs (left(path, 200))
  WHERE request_body IS NOT NULL AND path ~ '[0-9]/?$';

-- For rows that belong to no other partition, such as those of a month whose partition could not be made in time. A
-- partitioned table takes no settings of autovacuum, its partitions do.
CREATE TABLE api_audit_logs_other PARTITION OF api_audit_logs DEFAULT WITH (
  autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 10000,
  autovacuum_freeze_min_age = 0, autovacuum_analyze_scale_factor = 0.02
);

-- Two people each: one requests, another one decides. Names as they were at the time.
CREATE TABLE redactions (
  id integer GENERATED BY DEFAULT AS IDENTITY,
  entry_id bigint NOT NULL,
  -- Such as title.before or reason.
  fields text[] NOT NULL,
  reason text NOT NULL,
  -- A request lapses, undecided, when one of its two people loses the role or the account by which they took part.
  status character varying(16) NOT NULL DEFAULT 'pending',
  requested_by_id integer NOT NULL,
  requested_by character varying(150) NOT NULL,
  requested_at timestamp with time zone NOT NULL DEFAULT now(),
  decided_by_id integer,
  decided_by character varying(150),
  decided_at timestamp with time zone,
  applied_at timestamp with time zone,
  request_mac bytea,
  approval_mac bytea,
  -- The openings that will replace the salt of the entry; part of what is approved.
  opened jsonb,
  CONSTRAINT redactions_pkey PRIMARY KEY (id),
  CONSTRAINT redactions_status_check CHECK (status IN ('pending', 'approved', 'declined', 'lapsed')),
  CONSTRAINT redactions_decision_check CHECK ((status IN ('pending', 'lapsed')) = (decided_by_id IS NULL)
    AND (decided_by_id IS NULL) = (decided_at IS NULL) AND (decided_by_id IS NULL) = (decided_by IS NULL)),
  CONSTRAINT redactions_four_eyes_check CHECK (decided_by_id <> requested_by_id),
  CONSTRAINT redactions_applied_check CHECK (applied_at IS NULL OR status = 'approved')
);
CREATE UNIQUE INDEX redactions_open_key ON redactions (entry_id)
  WHERE status = 'pending' OR (status = 'approved' AND applied_at IS NULL);
CREATE INDEX redactions_entry_id_idx ON redactions (entry_id, id);

-- Several, since replicas adopt a new SECRET_KEY one after the other. The role that serves has no right to this table.
CREATE TABLE redaction_keys (
  key bytea NOT NULL,
  since timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT redaction_keys_pkey PRIMARY KEY (key)
);

-- The role that serves may only read it.
CREATE TABLE redaction_delays (
  id integer GENERATED ALWAYS AS IDENTITY,
  delay interval NOT NULL,
  since timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT redaction_delays_pkey PRIMARY KEY (id),
  CONSTRAINT redaction_delays_delay_check CHECK (delay >= interval '0')
);
