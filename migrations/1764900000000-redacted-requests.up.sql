-- What an entry loses, the request log loses as well where the same text was sent again: by other requests that left an
-- entry of the same record, and by those to its address that changed nothing.

-- Only requests with a body can hold a text, and the address of a record ends with its id. People may type longer ones than
-- an index can hold.
CREATE INDEX api_audit_logs_path_idx ON api_audit_logs (left(path, 200))
  WHERE request_body IS NOT NULL AND path ~ '[0-9]/?$';

-- The requests that may hold what an entry holds. The address of a record is learned from those that changed it.
CREATE FUNCTION requests_of(entry audit_trail) RETURNS SETOF bigint
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

-- Whether a member of a body goes with fields of an entry: of the request of the entry itself by its name, or by its text;
-- of others by both. The log has the beginning of long texts, and three dots.
CREATE FUNCTION takes_out(fields text[], entry audit_trail, own boolean, member text, value jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(bool_or(own AND f.name = member AND f.field NOT LIKE '%.before'
      OR (own OR f.name = member OR f.field = 'entity_name') AND (btrim(s.shown) = btrim(f.words)
        OR s.shown LIKE '%…' AND length(s.shown) > 100 AND starts_with(ltrim(f.words), ltrim(left(s.shown, -2))))), false)
  FROM (SELECT value #>> '{}' AS shown) s,
    (SELECT field, coalesce((redacted_place(field))[1], field) AS name,
      CASE field WHEN 'reason' THEN entry.reason WHEN 'entity_name' THEN entry.entity_name
        ELSE entry.changes #>> redacted_place(field) END AS words
    FROM unnest(fields) field) f
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

-- As before, but for other requests than that of the entry: of whichever, only what goes with the entry may go.
CREATE OR REPLACE FUNCTION admit_redactions() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  redaction redactions;
  entry audit_trail;
  fits boolean;
BEGIN
  FOR redaction IN SELECT * FROM redactions WHERE status = 'approved' AND applied_at IS NULL LOOP
    SELECT * INTO entry FROM audit_trail WHERE id = redaction.entry_id;
    -- Not one condition: each row type is only that of its own table.
    IF TG_TABLE_NAME = 'audit_trail' THEN
      fits := OLD.id = redaction.entry_id AND openings_fit(OLD, redaction.fields, NEW.openings)
        AND NEW IS NOT DISTINCT FROM entry_without(OLD, redaction.fields, NEW.openings);
    ELSIF TG_TABLE_NAME = 'task_history' THEN
      fits := entry.entity_type = 'task' AND OLD.task_id = entry.entity_id
        AND NEW IS NOT DISTINCT FROM history_without(OLD, entry, redaction.fields);
    ELSE
      fits := NEW IS NOT DISTINCT FROM request_without(OLD, entry, redaction.fields);
    END IF;
    IF fits THEN RETURN NEW; END IF;
  END LOOP;
  RAISE EXCEPTION 'Records of % are kept as they are: only what was approved may be taken out', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE FUNCTION redact_audit_entry(approved integer, opened jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  redaction redactions;
  entry audit_trail;
BEGIN
  SELECT * INTO STRICT redaction FROM redactions
    WHERE id = approved AND status = 'approved' AND applied_at IS NULL FOR UPDATE;
  SELECT * INTO STRICT entry FROM audit_trail WHERE id = redaction.entry_id;
  -- The copies first: they are known by the values that are still in the entry.
  UPDATE task_history h
    SET (changes, reason) = (SELECT w.changes, w.reason FROM history_without(h, entry, redaction.fields) w)
    WHERE entry.entity_type = 'task' AND h.task_id = entry.entity_id
      AND h IS DISTINCT FROM history_without(h, entry, redaction.fields);
  UPDATE api_audit_logs l SET request_body = (request_without(l, entry, redaction.fields)).request_body
    WHERE l.id IN (SELECT requests_of(entry)) AND l IS DISTINCT FROM request_without(l, entry, redaction.fields);
  UPDATE audit_trail a
    SET (changes, reason, entity_name, salt, openings) = (SELECT w.changes, w.reason, w.entity_name, w.salt, w.openings
      FROM entry_without(entry, redaction.fields, opened) w)
    WHERE a.id = entry.id;
  UPDATE redactions SET applied_at = clock_timestamp() WHERE id = approved;
END
$$;
