DROP FUNCTION redact_audit_entry(integer, jsonb);
DROP TRIGGER audit_trail_is_redacted ON audit_trail;
DROP TRIGGER task_history_is_redacted ON task_history;
DROP TRIGGER api_audit_logs_are_redacted ON api_audit_logs;
DROP TRIGGER audit_trail_is_not_changed ON audit_trail;
DROP TRIGGER task_history_is_not_changed ON task_history;
DROP TRIGGER api_audit_logs_are_not_changed ON api_audit_logs;
DROP TRIGGER audit_trail_is_kept ON audit_trail;
DROP TRIGGER task_history_is_kept ON task_history;
DROP TRIGGER api_audit_logs_are_kept ON api_audit_logs;
CREATE TRIGGER audit_trail_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_trail
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER api_audit_logs_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON api_audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER task_history_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON task_history
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
DROP FUNCTION admit_redactions();
DROP FUNCTION refuse_change_without_redaction();
DROP FUNCTION request_without(api_audit_logs, audit_trail, text[]);
DROP FUNCTION history_without(task_history, audit_trail, text[]);
DROP FUNCTION openings_fit(audit_trail, text[], jsonb);
DROP FUNCTION entry_without(audit_trail, text[], jsonb);
DROP FUNCTION redacted_path(text);
DROP FUNCTION redacted_place(text);
DROP TABLE redactions;
DROP FUNCTION keep_redactions();
DROP INDEX audit_trail_openings_idx;
-- Fails where something was redacted: no salt can be brought back.
ALTER TABLE audit_trail
  DROP CONSTRAINT audit_trail_salt_check,
  ALTER COLUMN salt SET NOT NULL,
  DROP COLUMN openings;
