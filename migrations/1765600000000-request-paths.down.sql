DROP INDEX api_audit_logs_path_idx;
CREATE INDEX api_audit_logs_path_idx ON api_audit_logs (left(path, 200))
  WHERE request_body IS NOT NULL AND path ~ '[0-9]/?$';
