-- The request log, partitioned by month, so that its owner can let go of old months as a whole. The role that serves has no
-- right to any partition.

-- Functions that take or return rows of the log belong to its row type; they are created again for the new table.
CREATE TEMPORARY TABLE functions_of_log ON COMMIT DROP AS
  SELECT p.oid::regprocedure::text AS signature, pg_get_functiondef(p.oid) AS definition FROM pg_proc p
  WHERE p.prorettype = 'api_audit_logs'::regtype OR 'api_audit_logs'::regtype = ANY (p.proargtypes::oid[]);
DO $$
DECLARE
  signature text;
BEGIN
  FOR signature IN SELECT f.signature FROM functions_of_log f LOOP
    EXECUTE 'DROP FUNCTION ' || signature;
  END LOOP;
END
$$;

ALTER TABLE api_audit_logs ALTER COLUMN id DROP IDENTITY;
ALTER TABLE api_audit_logs RENAME TO api_audit_logs_unpartitioned;
CREATE TABLE api_audit_logs (LIKE api_audit_logs_unpartitioned INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
  PARTITION BY RANGE (timestamp);
-- An identity column of a partitioned table needs PostgreSQL 17.
CREATE SEQUENCE api_audit_logs_id_seq OWNED BY api_audit_logs.id;
ALTER TABLE api_audit_logs ALTER COLUMN id SET DEFAULT nextval('api_audit_logs_id_seq');

-- What belongs to no other partition, such as the requests of a month whose partition could not be made in time.
CREATE TABLE api_audit_logs_other PARTITION OF api_audit_logs DEFAULT;
CREATE TRIGGER api_audit_logs_are_kept BEFORE DELETE OR TRUNCATE ON api_audit_logs_other
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER api_audit_logs_are_not_changed BEFORE UPDATE ON api_audit_logs_other
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_without_redaction();

-- Makes the partition of a month, and moves the rows of that month out of the default partition. Statement triggers of a
-- partitioned table do not see statements that name a partition, so each partition has its own.
CREATE FUNCTION make_request_log_partition(month timestamp with time zone) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp SET TimeZone = 'UTC' AS $$
DECLARE
  starts timestamptz := date_trunc('month', month);
  ends timestamptz := date_trunc('month', month) + interval '1 month';
  name text := 'api_audit_logs_' || to_char(month, 'YYYY_MM');
BEGIN
  IF to_regclass(name) IS NOT NULL THEN RETURN false; END IF;
  LOCK TABLE api_audit_logs_other IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('CREATE TABLE %I (LIKE api_audit_logs INCLUDING CONSTRAINTS)', name);
  IF EXISTS (SELECT FROM api_audit_logs_other WHERE timestamp >= starts AND timestamp < ends) THEN
    ALTER TABLE api_audit_logs_other DISABLE TRIGGER api_audit_logs_are_kept;
    EXECUTE format('WITH moved AS (DELETE FROM api_audit_logs_other WHERE timestamp >= $1 AND timestamp < $2 RETURNING *)
      INSERT INTO %I SELECT * FROM moved', name) USING starts, ends;
    ALTER TABLE api_audit_logs_other ENABLE TRIGGER api_audit_logs_are_kept;
  END IF;
  EXECUTE format('CREATE TRIGGER api_audit_logs_are_kept BEFORE DELETE OR TRUNCATE ON %I
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records()', name);
  EXECUTE format('CREATE TRIGGER api_audit_logs_are_not_changed BEFORE UPDATE ON %I
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_without_redaction()', name);
  -- Attached rather than created in place: that does not block those who write to the log.
  EXECUTE format('ALTER TABLE api_audit_logs ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, starts, ends);
  RETURN true;
END
$$;

-- Makes the partitions of this month and of some months to come, and those that rows in the default partition wait for. It
-- runs with the rights of its owner: the role that serves owns no table. A lock that it does not get soon is not worth
-- holding up those who write to the log; it is called again.
CREATE FUNCTION prepare_request_log(months_ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET TimeZone = 'UTC' SET lock_timeout = '3s' AS $$
DECLARE
  months timestamptz[];
  month timestamptz;
  made integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ctms request log partitions', 0));
  months := ARRAY(SELECT date_trunc('month', now()) + make_interval(months => n)
      FROM generate_series(0, least(greatest(months_ahead, 0), 24)) n
    UNION SELECT date_trunc('month', timestamp) FROM api_audit_logs_other ORDER BY 1);
  FOREACH month IN ARRAY months LOOP
    IF make_request_log_partition(month) THEN made := made + 1; END IF;
  END LOOP;
  RETURN made;
END
$$;

DO $$
DECLARE
  month timestamptz;
BEGIN
  SET LOCAL TimeZone = 'UTC';
  FOR month IN SELECT DISTINCT date_trunc('month', timestamp) FROM api_audit_logs_unpartitioned ORDER BY 1 LOOP
    PERFORM make_request_log_partition(month);
  END LOOP;
END
$$;
INSERT INTO api_audit_logs SELECT * FROM api_audit_logs_unpartitioned ORDER BY id;
SELECT setval('api_audit_logs_id_seq', coalesce(max(id), 1), max(id) IS NOT NULL) FROM api_audit_logs_unpartitioned;
DROP TABLE api_audit_logs_unpartitioned;

ALTER TABLE api_audit_logs
  -- How many requests alike a row stands for.
  ADD COLUMN request_count integer NOT NULL DEFAULT 1,
  -- How much was left out of a row beyond what one user or address may fill in an hour.
  ADD COLUMN omitted_bytes integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT api_audit_logs_pkey PRIMARY KEY (id, timestamp);
CREATE INDEX api_audit_logs_timestamp_idx ON api_audit_logs (timestamp, id);
CREATE INDEX api_audit_logs_user_id_idx ON api_audit_logs (user_id, id);
CREATE INDEX api_audit_logs_request_id_idx ON api_audit_logs (request_id);
CREATE INDEX api_audit_logs_path_idx ON api_audit_logs (left(path, 200))
  WHERE request_body IS NOT NULL AND path ~ '[0-9]/?$';

DO $$
DECLARE
  definition text;
BEGIN
  FOR definition IN SELECT f.definition FROM functions_of_log f LOOP
    EXECUTE definition;
  END LOOP;
END
$$;

CREATE TRIGGER api_audit_logs_are_kept BEFORE DELETE OR TRUNCATE ON api_audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER api_audit_logs_are_not_changed BEFORE UPDATE ON api_audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_without_redaction();
CREATE TRIGGER api_audit_logs_are_redacted BEFORE UPDATE ON api_audit_logs
  FOR EACH ROW EXECUTE FUNCTION admit_redactions();

SELECT prepare_request_log(3);
