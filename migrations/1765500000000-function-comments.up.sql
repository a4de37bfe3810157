-- The data dictionary, continued: each function in one sentence.

-- Users, tasks and search
COMMENT ON FUNCTION tell_access_changed() IS 'Trigger: notifies replicas, with the commit, of a user or session whose cached access is out of date.';
COMMENT ON FUNCTION name_key(name text) IS 'The key by which names are compared: without case, compatibility forms and final sigmas.';
COMMENT ON FUNCTION name_skeleton(name text) IS 'The key by which user names that look alike are compared.';
COMMENT ON FUNCTION keep_task_text() IS 'Trigger: updates the searchable text of a task that was changed or deleted.';
COMMENT ON FUNCTION keep_task_texts() IS 'Trigger: stores the searchable texts of tasks that were inserted.';
COMMENT ON FUNCTION text_pieces(given text) IS 'The pieces of three characters of a text, for its search index; numbers of buckets where there are very many.';
COMMENT ON FUNCTION piece_bucket(piece text) IS 'The bucket that stands for a piece in the index of a very long text.';
COMMENT ON FUNCTION pieces_sought(given text) IS 'The query that a searched text makes of its pieces; also finds very long texts, by buckets.';
COMMENT ON FUNCTION tasks_with_pieces_of(given text) IS 'Ids of the tasks whose text has all pieces of a searched text: candidates, which the search compares with the text.';
COMMENT ON FUNCTION refresh_statistics() IS 'Has the planner''s statistics of large tables collected, after an import; for the application role, which owns none.';
COMMENT ON AGGREGATE last_changes(jsonb) IS 'Aggregate: merges changes in their order, so that the last value of each field stays.';

-- Totals of tasks
COMMENT ON FUNCTION count_tasks_inserted() IS 'Trigger: adds inserted tasks to the totals.';
COMMENT ON FUNCTION count_tasks_updated() IS 'Trigger: moves updated tasks from their former totals to the present ones.';
COMMENT ON FUNCTION count_tasks_deleted() IS 'Trigger: subtracts deleted tasks from the totals.';
COMMENT ON FUNCTION count_tasks_truncated() IS 'Trigger: empties the totals together with the tasks.';

-- The request log
COMMENT ON FUNCTION prepare_request_log(months_ahead integer) IS 'Makes the partitions of this month, of so many after it, and of those whose rows wait in api_audit_logs_other; returns how many it made.';
COMMENT ON FUNCTION make_request_log_partition(month timestamp with time zone) IS 'Makes the partition of one month and moves its rows there; false where it exists.';

-- Guards of the audit trail
COMMENT ON FUNCTION refuse_change_of_records() IS 'Trigger: refuses deletion and truncation, and changes where none is ever allowed.';
COMMENT ON FUNCTION refuse_change_without_redaction() IS 'Trigger: refuses changes unless an approved redaction waits to be applied.';
COMMENT ON FUNCTION refuse_other_times() IS 'Trigger: refuses a checkpoint whose time is not that of its insertion.';
COMMENT ON FUNCTION admit_redactions() IS 'Trigger: refuses each change of a row but exactly that of an approved redaction.';
COMMENT ON FUNCTION refuse_decided_redactions() IS 'Trigger: refuses the insertion of a redaction that is more than a request.';
COMMENT ON FUNCTION keep_redactions() IS 'Trigger: refuses changes of a redaction but its decision and its application, each once.';

-- Redactions
COMMENT ON FUNCTION redact_audit_entry(approved integer) IS 'Applies an approved redaction to its entry and to the copies in the task history and the request log.';
COMMENT ON FUNCTION redaction_proven(redaction redactions) IS 'True where its request and its approval are authenticated by a key of this installation.';
COMMENT ON FUNCTION redaction_signed(redaction redactions) IS 'As redaction_proven, for the application role, which cannot read the keys.';
COMMENT ON FUNCTION redaction_due(redaction redactions) IS 'True where its request has been sealed for as long as the configured delay.';
COMMENT ON FUNCTION redaction_message(redaction redactions, step text) IS 'The text that is authenticated when a redaction is requested or approved.';
COMMENT ON FUNCTION hmac_sha256(secret bytea, message bytea) IS 'HMAC-SHA-256 (RFC 2104) with a key of at most 64 bytes.';
COMMENT ON FUNCTION redacted_place(field text) IS 'The path of a field such as title.before within the changes of an entry; null for other fields.';
COMMENT ON FUNCTION redacted_path(field text) IS 'The name of a redacted field among the openings of an entry.';
COMMENT ON FUNCTION openings_fit(entry audit_trail, fields text[], opened jsonb) IS 'True where openings are those of the entry with commitments in place of the salts of the redacted fields.';
COMMENT ON FUNCTION entry_without(entry audit_trail, fields text[], opened jsonb) IS 'The entry with these fields redacted.';
COMMENT ON FUNCTION history_without(history task_history, entry audit_trail, fields text[]) IS 'A row of the task history with the redacted values of the entry removed.';
COMMENT ON FUNCTION request_without(request api_audit_logs, entry audit_trail, fields text[]) IS 'A row of the request log with the redacted values of the entry removed from its body.';
COMMENT ON FUNCTION requests_of(entry audit_trail) IS 'Ids of the logged requests whose bodies may hold values of the entry: those that changed its record.';
COMMENT ON FUNCTION takes_out(fields text[], entry audit_trail, own boolean, member text, value jsonb) IS 'True where a member of a logged body holds a redacted value of the entry; own: in the request that wrote the entry.';
