CREATE OR REPLACE FUNCTION make_request_log_partition(month timestamp with time zone) RETURNS boolean
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
DO $do$
DECLARE
  partition regclass;
BEGIN
  FOR partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'api_audit_logs'::regclass LOOP
    EXECUTE format('ALTER TABLE %s RESET (autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_insert_threshold,
      autovacuum_freeze_min_age, autovacuum_analyze_scale_factor)', partition);
  END LOOP;
END
$do$;
ALTER TABLE tasks RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_analyze_scale_factor);
ALTER TABLE task_texts RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE task_tags RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE notifications RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
  autovacuum_analyze_scale_factor);
ALTER TABLE user_sessions RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
  autovacuum_analyze_scale_factor);
ALTER TABLE users RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE login_questions RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE email_verification_tokens RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE password_reset_tokens RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE login_failures RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
ALTER TABLE login_locks RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
ALTER TABLE socket_tickets RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
ALTER TABLE known_devices RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE deadline_warnings RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE task_totals RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
ALTER TABLE audit_trail RESET (autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_insert_threshold,
  autovacuum_freeze_min_age, autovacuum_analyze_scale_factor);
ALTER TABLE audit_nodes RESET (autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_insert_threshold,
  autovacuum_freeze_min_age);
ALTER TABLE task_history RESET (autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_insert_threshold,
  autovacuum_freeze_min_age, autovacuum_analyze_scale_factor);
