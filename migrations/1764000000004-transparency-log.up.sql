-- The transparency log over the audit trail: a Merkle tree as in RFC 6962, with signed checkpoints. Append-only, like the
-- trail itself.

CREATE TABLE audit_seals (
  position bigint NOT NULL,
  entry_id bigint NOT NULL,
  leaf_hash bytea NOT NULL,
  CONSTRAINT audit_seals_pkey PRIMARY KEY (position),
  CONSTRAINT audit_seals_entry_id_key UNIQUE (entry_id)
);

-- Of 2^level leaves each, from index * 2^level on.
CREATE TABLE audit_nodes (
  level smallint NOT NULL,
  index bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_nodes_pkey PRIMARY KEY (level, index)
) WITH (
  autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 10000, autovacuum_freeze_min_age = 0
);

CREATE TABLE audit_checkpoints (
  tree_size bigint NOT NULL,
  root_hash bytea NOT NULL,
  note text NOT NULL,
  key_id character varying(8) NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT audit_checkpoints_pkey PRIMARY KEY (tree_size)
);

-- In the order of their introduction; each one retires the one before.
CREATE TABLE audit_keys (
  id integer GENERATED ALWAYS AS IDENTITY,
  key_id character varying(8) NOT NULL,
  origin character varying(255) NOT NULL,
  public_key character varying(44) NOT NULL,
  first_size bigint NOT NULL,
  introduced_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT audit_keys_pkey PRIMARY KEY (id),
  CONSTRAINT audit_keys_key_id_key UNIQUE (key_id)
);

CREATE TABLE audit_departures (
  tree_size bigint NOT NULL,
  left_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT audit_departures_pkey PRIMARY KEY (tree_size)
);

-- A checkpoint carries the time at which it is stored: otherwise a redaction's request could be backdated.
CREATE FUNCTION refuse_other_times() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.created_at NOT BETWEEN clock_timestamp() - interval '2 minutes' AND clock_timestamp() + interval '1 second' THEN
    RAISE EXCEPTION 'A checkpoint is of the time at which it is stored' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER audit_checkpoints_are_of_now BEFORE INSERT ON audit_checkpoints
  FOR EACH ROW EXECUTE FUNCTION refuse_other_times();
