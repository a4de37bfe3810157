-- The partitions of the request log, by month. This file is also run on a database that is taken over.

-- Makes the partition of a month, and moves the rows of that month out of the default partition. Statement triggers of a
-- partitioned table do not fire for statements that name a partition, so each partition has its own.
CREATE OR REPLACE FUNCTION make_request_log_partition(month timestamp with time zone) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp SET TimeZone = 'UTC' AS $$
DECLARE
  starts timestamptz := date_trunc('month', month);
  ends timestamptz := date_trunc('month', month) + interval '1 month';
  name text := 'api_audit_logs_' || to_char(month, 'YYYY_MM');
BEGIN
  IF to_regclass(name) IS NOT NULL THEN RETURN false; END IF;
  LOCK TABLE api_audit_logs_other IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('CREATE TABLE %I (LIKE api_audit_logs INCLUDING CONSTRAINTS)
    WITH (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 10000,
      autovacuum_freeze_min_age = 0, autovacuum_analyze_scale_factor = 0.02)', name);
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
  EXECUTE format('COMMENT ON TABLE %I IS %L', name,
    format('Requests of %s (UTC), a partition of api_audit_logs.', to_char(month, 'YYYY-MM')));
  RETURN true;
END
$$;

-- Makes the partitions of this month and of some months to come, and those that rows in the default partition wait for. It
-- runs with the rights of its owner: the role that serves owns no table. It gives up soon on a lock, rather than to block those
-- who write to the log; it is called again.
CREATE OR REPLACE FUNCTION prepare_request_log(months_ahead integer) RETURNS integer
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

SELECT prepare_request_log(3);
