DROP AGGREGATE last_changes(jsonb);
DROP INDEX audit_trail_fields_idx;
DROP INDEX audit_trail_reason_idx;
DROP INDEX audit_trail_session_idx;
ALTER TABLE audit_trail DROP COLUMN entity_updated_at;
