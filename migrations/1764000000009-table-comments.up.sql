-- The data dictionary: each table in one sentence. This file is also run on a database that is taken over.

-- Users and sessions
COMMENT ON TABLE users IS 'User accounts with their role, password hash and second factor; a pending account waits for the verification of its address.';
COMMENT ON TABLE user_sessions IS 'Login sessions, one per login of a device, with the hash of the current refresh token and the reason for the end.';
COMMENT ON TABLE email_verification_tokens IS 'Hashes of the single-use tokens that verify an email address.';
COMMENT ON TABLE password_reset_tokens IS 'Hashes of the single-use tokens that set a new password.';
COMMENT ON TABLE recovery_codes IS 'Hashes of the unused recovery codes, each of which replaces the second factor once.';
COMMENT ON TABLE known_devices IS 'Devices that have signed in to an account or proved its mailbox.';
COMMENT ON TABLE login_failures IS 'Failed logins by network, account and device, for as long as they count towards throttling.';
COMMENT ON TABLE login_locks IS 'Accounts that accept no further password attempts until the given time, from one known device or from all unknown ones.';
COMMENT ON TABLE login_questions IS 'Login challenges for suspicious sources, shared by all replicas.';
COMMENT ON TABLE socket_tickets IS 'Hashes of the single-use tickets that open a WebSocket within seconds of their issue.';

-- Tasks
COMMENT ON TABLE tasks IS 'Tasks with assignee, status, priority and deadline; a deleted task stays as a row with deleted_at.';
COMMENT ON TABLE tags IS 'Tags, unique regardless of case.';
COMMENT ON TABLE task_tags IS 'The tags of each task.';
COMMENT ON TABLE task_history IS 'The append-only history of each task, as the API shows it to its readers.';
COMMENT ON TABLE legacy_ids IS 'Maps the identifiers of imported records to those of this database, so that an import can be repeated.';

-- Notifications
COMMENT ON TABLE notifications IS 'Notifications of users with their read and delivery state.';
COMMENT ON TABLE deadline_warnings IS 'Deadlines for which a warning was sent: one per task and deadline.';

-- Audit
COMMENT ON TABLE audit_trail IS 'The append-only audit trail: one entry per change of a record and per audited access, with actor, changes and reason.';
COMMENT ON TABLE api_audit_logs IS 'The append-only log of API requests, partitioned by month.';
COMMENT ON TABLE api_audit_logs_other IS 'Requests of months without a partition of their own, the default partition of api_audit_logs.';
COMMENT ON TABLE redactions IS 'Requests to redact values of an audit entry, and the decisions of a second person.';
COMMENT ON TABLE redaction_keys IS 'Keys that verify the server''s signatures on redactions; readable by the owner alone.';
COMMENT ON TABLE redaction_delays IS 'The time for which a redaction request must be sealed before its values are removed; the latest row applies.';

-- Transparency log
COMMENT ON TABLE audit_seals IS 'Leaves of the Merkle tree over the audit trail: the position and hash of each entry.';
COMMENT ON TABLE audit_nodes IS 'Hashes of the complete subtrees of the Merkle tree, by level and index.';
COMMENT ON TABLE audit_checkpoints IS 'Signed tree heads: size and root hash of the Merkle tree, with the signed note.';
COMMENT ON TABLE audit_keys IS 'Public keys that have signed checkpoints, in the order of their introduction.';
COMMENT ON TABLE audit_departures IS 'Checkpoints that were published outside of this host.';

-- Rollups and search
COMMENT ON TABLE task_totals IS 'Rollups of live tasks per assignee, and in row 0 of all.';
COMMENT ON TABLE task_deltas IS 'Changes of the rollups by transactions, until they are folded into task_totals.';
COMMENT ON TABLE task_texts IS 'The searchable text of each task, indexed by its pieces of three characters.';

-- The record of migrations itself, which TypeORM keeps.
COMMENT ON TABLE migrations IS 'Migrations that were run, in their order.';

-- Partitions that are made from now on get theirs with them.
DO $$
DECLARE
  partition record;
BEGIN
  FOR partition IN SELECT relname AS name, replace(right(relname, 7), '_', '-') AS month
    FROM pg_inherits JOIN pg_class ON oid = inhrelid
    WHERE inhparent = 'api_audit_logs'::regclass AND relname ~ '^api_audit_logs_\d{4}_\d\d$'
  LOOP
    EXECUTE format('COMMENT ON TABLE %I IS %L', partition.name,
      format('Requests of %s (UTC), a partition of api_audit_logs.', partition.month));
  END LOOP;
END
$$;
