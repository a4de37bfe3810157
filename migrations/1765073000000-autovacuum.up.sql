-- When autovacuum goes over the tables that change most. By the defaults of PostgreSQL it waits until a fifth of a table is
-- dead: of a million tasks 200,000 rows, which every scan and every index carries until then.

-- Large, and changed row by row: 2 % are few enough not to be noticed, and statistics follow what planners are asked about.
ALTER TABLE tasks SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500,
  autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE task_texts SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
ALTER TABLE task_tags SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
-- Read and delivered change partial indexes, so each mark leaves a dead row and dead entries of the indexes.
ALTER TABLE notifications SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500,
  autovacuum_analyze_scale_factor = 0.02);
-- Every renewal of a token rewrites its session.
ALTER TABLE user_sessions SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500,
  autovacuum_analyze_scale_factor = 0.02);

-- Every login writes the time of it, which no index has: with room on the page, the new row version needs no entry in the
-- indexes, and the dead one goes without a vacuum.
ALTER TABLE users SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 200);
-- Counting wrong answers changes no index either.
ALTER TABLE login_questions SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
-- A token is marked as used, once, and no index has that mark.
ALTER TABLE email_verification_tokens SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_threshold = 200);
ALTER TABLE password_reset_tokens SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_threshold = 200);

-- What comes and goes within minutes: most of their rows are dead soon, whatever their number, so it is a number that counts.
-- An attack fills them fast, hence without the pauses that autovacuum makes.
ALTER TABLE login_failures SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
  autovacuum_vacuum_cost_delay = 0);
ALTER TABLE login_locks SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
  autovacuum_vacuum_cost_delay = 0);
ALTER TABLE socket_tickets SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
  autovacuum_vacuum_cost_delay = 0);
ALTER TABLE known_devices SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 200);
ALTER TABLE deadline_warnings SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 200);
-- Few rows, and that of everyone is rewritten several times a second.
ALTER TABLE task_totals SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
  autovacuum_vacuum_cost_delay = 0);

-- What only grows has no dead rows, but until it is vacuumed, reads of an index alone go to the table as well. Frozen at the
-- first vacuum, a row is never written again: otherwise the whole table is, one day, all at once.
ALTER TABLE audit_trail SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 10000,
  autovacuum_freeze_min_age = 0, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE audit_nodes SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 10000,
  autovacuum_freeze_min_age = 0);
ALTER TABLE task_history SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 10000,
  autovacuum_freeze_min_age = 0, autovacuum_analyze_scale_factor = 0.02);
-- A partitioned table takes no such settings, its partitions do: those that are there, and those of months to come.
DO $do$
DECLARE
  partition regclass;
BEGIN
  FOR partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'api_audit_logs'::regclass LOOP
    EXECUTE format('ALTER TABLE %s SET (autovacuum_vacuum_insert_scale_factor = 0.02,
      autovacuum_vacuum_insert_threshold = 10000, autovacuum_freeze_min_age = 0, autovacuum_analyze_scale_factor = 0.02)',
      partition);
  END LOOP;
END
$do$;
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
  RETURN true;
END
$$;
