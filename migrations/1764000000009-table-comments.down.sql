DO $$
DECLARE
  commented regclass;
BEGIN
  FOR commented IN SELECT c.oid FROM pg_class c
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND (relname IN ('migrations', 'users', 'user_sessions', 'email_verification_tokens', 'password_reset_tokens',
        'recovery_codes', 'known_devices', 'login_failures', 'login_locks', 'login_questions', 'socket_tickets', 'tasks',
        'tags', 'task_tags', 'task_history', 'legacy_ids', 'notifications', 'deadline_warnings', 'audit_trail',
        'redactions', 'redaction_keys', 'redaction_delays', 'audit_seals', 'audit_nodes', 'audit_checkpoints',
        'audit_keys', 'audit_departures', 'task_totals', 'task_deltas', 'task_texts')
      OR c.oid IN (SELECT relid FROM pg_partition_tree('api_audit_logs')))
  LOOP
    EXECUTE format('COMMENT ON TABLE %s IS NULL', commented);
  END LOOP;
END
$$;
