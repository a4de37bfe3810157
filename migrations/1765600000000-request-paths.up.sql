-- Serves the filter of the request log by the beginning of a path, of lines with and without a body; redactions look up whole paths.
-- text_pattern_ops, since most collations order texts otherwise than by their characters. The former index is dropped at the end:
-- that locks out readers of the log until the commit.
CREATE INDEX api_audit_logs_paths_idx ON api_audit_logs (left(path, 200) text_pattern_ops);
DROP INDEX api_audit_logs_path_idx;
ALTER INDEX api_audit_logs_paths_idx RENAME TO api_audit_logs_path_idx;
