DROP TABLE redaction_delays;
DROP TABLE redaction_keys;
DROP TABLE redactions;
DROP TABLE api_audit_logs;
DROP AGGREGATE last_changes(jsonb);
DROP TABLE audit_trail;
