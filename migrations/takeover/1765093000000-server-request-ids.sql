-- The server's own ids of requests that have one of the client.

ALTER TABLE audit_trail ADD COLUMN server_request_id uuid;
ALTER TABLE api_audit_logs ADD COLUMN server_request_id uuid;
CREATE INDEX api_audit_logs_server_request_id_idx ON api_audit_logs (server_request_id)
  WHERE server_request_id IS NOT NULL;

CREATE OR REPLACE FUNCTION requests_of(entry audit_trail) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH changes AS (
    SELECT entry.request_id, entry.server_request_id UNION SELECT a.request_id, a.server_request_id FROM audit_trail a
      WHERE a.entity_type = entry.entity_type AND a.entity_id = entry.entity_id
  ), known AS (
    SELECT l.id, rtrim(l.path, '/') AS address FROM changes c JOIN api_audit_logs l ON l.request_id = c.request_id
      AND l.server_request_id IS NOT DISTINCT FROM c.server_request_id
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
  own boolean := coalesce(request.request_id = entry.request_id, false)
    AND request.server_request_id IS NOT DISTINCT FROM entry.server_request_id;
BEGIN
  IF jsonb_typeof(request.request_body) = 'object' THEN
    request.request_body := coalesce((SELECT jsonb_object_agg(key,
        CASE WHEN takes_out(fields, entry, own, key, value) THEN 'null' ELSE value END)
      FROM jsonb_each(request.request_body)), request.request_body);
  END IF;
  RETURN request;
END
$$;
