-- What was sealed with these names could not be verified without them.
DO $$
BEGIN
  IF EXISTS (SELECT FROM audit_trail WHERE server_request_id IS NOT NULL) THEN
    RAISE EXCEPTION 'Entries of the audit trail have names of requests that would be lost: this cannot be reverted';
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION requests_of(entry audit_trail) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH known AS (
    SELECT l.id, rtrim(l.path, '/') AS address FROM api_audit_logs l WHERE l.request_id IN (
      SELECT entry.request_id UNION SELECT a.request_id FROM audit_trail a
      WHERE a.entity_type = entry.entity_type AND a.entity_id = entry.entity_id)
  ), addresses AS (
    SELECT DISTINCT address || slash AS path FROM known, (VALUES (''), ('/')) AS ends(slash)
    WHERE address ~ ('/' || entry.entity_id || '$')
  )
  SELECT id FROM known
  UNION SELECT l.id FROM addresses a JOIN api_audit_logs l ON left(l.path, 200) = left(a.path, 200) AND l.path = a.path
    WHERE l.request_body IS NOT NULL AND l.path ~ '[0-9]/?$'
$$;

CREATE OR REPLACE FUNCTION request_without(request api_audit_logs, entry audit_trail, fields text[]) RETURNS api_audit_logs
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  own boolean := coalesce(request.request_id = entry.request_id, false);
BEGIN
  IF jsonb_typeof(request.request_body) = 'object' THEN
    request.request_body := coalesce((SELECT jsonb_object_agg(key,
        CASE WHEN takes_out(fields, entry, own, key, value) THEN 'null' ELSE value END)
      FROM jsonb_each(request.request_body)), request.request_body);
  END IF;
  RETURN request;
END
$$;

DROP INDEX api_audit_logs_server_request_id_idx;
ALTER TABLE api_audit_logs DROP COLUMN server_request_id;
ALTER TABLE audit_trail DROP COLUMN server_request_id;
