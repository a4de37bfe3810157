DO $$
DECLARE
  log regclass;
BEGIN
  FOR log IN SELECT relid FROM pg_partition_tree('api_audit_logs') LOOP
    EXECUTE format('DROP TRIGGER api_audit_logs_are_not_changed ON %s', log);
    EXECUTE format('DROP TRIGGER api_audit_logs_are_kept ON %s', log);
  END LOOP;
END
$$;
DROP TRIGGER audit_departures_are_kept ON audit_departures;
DROP TRIGGER audit_keys_are_kept ON audit_keys;
DROP TRIGGER audit_checkpoints_are_kept ON audit_checkpoints;
DROP TRIGGER audit_nodes_are_kept ON audit_nodes;
DROP TRIGGER audit_seals_are_kept ON audit_seals;
DROP TRIGGER api_audit_logs_are_redacted ON api_audit_logs;
DROP TRIGGER task_history_is_redacted ON task_history;
DROP TRIGGER task_history_is_not_changed ON task_history;
DROP TRIGGER task_history_is_kept ON task_history;
DROP TRIGGER audit_trail_is_redacted ON audit_trail;
DROP TRIGGER audit_trail_is_not_changed ON audit_trail;
DROP TRIGGER audit_trail_is_kept ON audit_trail;
DROP FUNCTION redact_audit_entry(integer);
DROP FUNCTION admit_redactions();
DROP FUNCTION request_without(api_audit_logs, audit_trail, text[]);
DROP FUNCTION takes_out(text[], audit_trail, boolean, text, jsonb);
DROP FUNCTION requests_of(audit_trail);
DROP FUNCTION history_without(task_history, audit_trail, text[]);
DROP FUNCTION openings_fit(audit_trail, text[], jsonb);
DROP FUNCTION entry_without(audit_trail, text[], jsonb);
DROP FUNCTION redacted_path(text);
DROP FUNCTION redacted_place(text);
DROP FUNCTION redaction_due(redactions);
DROP FUNCTION redaction_signed(redactions);
DROP FUNCTION redaction_proven(redactions);
DROP FUNCTION redaction_message(redactions, text);
DROP FUNCTION hmac_sha256(bytea, bytea);
DROP TRIGGER redactions_are_kept ON redactions;
DROP TRIGGER redactions_are_decided_once ON redactions;
DROP FUNCTION keep_redactions();
DROP TRIGGER redactions_begin_as_requests ON redactions;
DROP FUNCTION refuse_decided_redactions();
DROP FUNCTION refuse_change_without_redaction();
DROP FUNCTION refuse_change_of_records();
DROP FUNCTION refresh_statistics();
