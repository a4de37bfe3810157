CREATE TEMPORARY TABLE functions_of_log ON COMMIT DROP AS
  SELECT p.oid::regprocedure::text AS signature, pg_get_functiondef(p.oid) AS definition FROM pg_proc p
  WHERE p.prorettype = 'api_audit_logs'::regtype OR 'api_audit_logs'::regtype = ANY (p.proargtypes::oid[]);
DO $$
DECLARE
  signature text;
BEGIN
  FOR signature IN SELECT f.signature FROM functions_of_log f LOOP
    EXECUTE 'DROP FUNCTION ' || signature;
  END LOOP;
END
$$;

DROP FUNCTION prepare_request_log(integer);
DROP FUNCTION make_request_log_partition(timestamp with time zone);

ALTER TABLE api_audit_logs ALTER COLUMN id DROP DEFAULT;
DROP SEQUENCE api_audit_logs_id_seq;
ALTER TABLE api_audit_logs RENAME TO api_audit_logs_partitioned;
CREATE TABLE api_audit_logs (LIKE api_audit_logs_partitioned INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
INSERT INTO api_audit_logs SELECT * FROM api_audit_logs_partitioned ORDER BY id;
DROP TABLE api_audit_logs_partitioned;

ALTER TABLE api_audit_logs
  DROP COLUMN request_count,
  DROP COLUMN omitted_bytes,
  ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY,
  ADD CONSTRAINT api_audit_logs_pkey PRIMARY KEY (id);
SELECT setval(pg_get_serial_sequence('api_audit_logs', 'id'), coalesce(max(id), 1), max(id) IS NOT NULL) FROM api_audit_logs;
CREATE INDEX api_audit_logs_timestamp_idx ON api_audit_logs (timestamp, id);
CREATE INDEX api_audit_logs_user_id_idx ON api_audit_logs (user_id, id);
CREATE INDEX api_audit_logs_request_id_idx ON api_audit_logs (request_id);
CREATE INDEX api_audit_logs_path_idx ON api_audit_logs (left(path, 200))
  WHERE request_body IS NOT NULL AND path ~ '[0-9]/?$';

DO $$
DECLARE
  definition text;
BEGIN
  FOR definition IN SELECT f.definition FROM functions_of_log f LOOP
    EXECUTE definition;
  END LOOP;
END
$$;

CREATE TRIGGER api_audit_logs_are_kept BEFORE DELETE OR TRUNCATE ON api_audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER api_audit_logs_are_not_changed BEFORE UPDATE ON api_audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_without_redaction();
CREATE TRIGGER api_audit_logs_are_redacted BEFORE UPDATE ON api_audit_logs
  FOR EACH ROW EXECUTE FUNCTION admit_redactions();
