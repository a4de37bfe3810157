-- Partitions the request log by month. All rows go to the default partition first; the file request-log-partitions of the
-- baseline then moves them to those of their months. Functions that take or return rows of the log belong to its row type; they
-- are created again for the new table.

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

ALTER TABLE api_audit_logs ALTER COLUMN id DROP IDENTITY;
ALTER TABLE api_audit_logs RENAME TO api_audit_logs_unpartitioned;
CREATE TABLE api_audit_logs (LIKE api_audit_logs_unpartitioned INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
  PARTITION BY RANGE (timestamp);
CREATE SEQUENCE api_audit_logs_id_seq OWNED BY api_audit_logs.id;
ALTER TABLE api_audit_logs ALTER COLUMN id SET DEFAULT nextval('api_audit_logs_id_seq');

CREATE TABLE api_audit_logs_other PARTITION OF api_audit_logs DEFAULT;
CREATE TRIGGER api_audit_logs_are_kept BEFORE DELETE OR TRUNCATE ON api_audit_logs_other
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER api_audit_logs_are_not_changed BEFORE UPDATE ON api_audit_logs_other
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_without_redaction();

INSERT INTO api_audit_logs SELECT * FROM api_audit_logs_unpartitioned ORDER BY id;
SELECT setval('api_audit_logs_id_seq', coalesce(max(id), 1), max(id) IS NOT NULL) FROM api_audit_logs_unpartitioned;
DROP TABLE api_audit_logs_unpartitioned;

ALTER TABLE api_audit_logs
  ADD COLUMN request_count integer NOT NULL DEFAULT 1,
  ADD COLUMN omitted_bytes integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT api_audit_logs_pkey PRIMARY KEY (id, timestamp);
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
