-- The seal of the audit trail: a Merkle tree over its entries. Like the trail itself, these are inserted and never changed.
CREATE TABLE audit_seals (
  position bigint NOT NULL,
  entry_id bigint NOT NULL,
  leaf_hash bytea NOT NULL,
  CONSTRAINT audit_seals_pkey PRIMARY KEY (position),
  CONSTRAINT audit_seals_entry_id_key UNIQUE (entry_id)
);

-- Complete subtrees above the leaves: of 2^level leaves, from index * 2^level on.
CREATE TABLE audit_nodes (
  level smallint NOT NULL,
  index bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_nodes_pkey PRIMARY KEY (level, index)
);

CREATE TABLE audit_checkpoints (
  tree_size bigint NOT NULL,
  root_hash bytea NOT NULL,
  note text NOT NULL,
  key_id character varying(8) NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT audit_checkpoints_pkey PRIMARY KEY (tree_size)
);

-- Each key that ever signed, in the order of their introduction; the next one retires the one before.
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

-- Which checkpoints were sent out of the host.
CREATE TABLE audit_departures (
  tree_size bigint NOT NULL,
  left_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT audit_departures_pkey PRIMARY KEY (tree_size)
);

CREATE TRIGGER audit_seals_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER audit_nodes_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_nodes
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER audit_checkpoints_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER audit_keys_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_keys
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER audit_departures_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_departures
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
