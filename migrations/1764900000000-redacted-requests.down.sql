DROP INDEX api_audit_logs_path_idx;
CREATE OR REPLACE FUNCTION request_without(request api_audit_logs, entry audit_trail, fields text[]) RETURNS api_audit_logs
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  names text[] := ARRAY(SELECT (redacted_place(f))[1] FROM unnest(fields) f WHERE f LIKE '%.after'
    UNION SELECT 'reason' WHERE 'reason' = ANY (fields));
  texts text[] := ARRAY(SELECT entry.changes #>> redacted_place(f) FROM unnest(fields) f
    UNION SELECT entry.entity_name WHERE 'entity_name' = ANY (fields)
    UNION SELECT entry.reason WHERE 'reason' = ANY (fields));
BEGIN
  IF jsonb_typeof(request.request_body) = 'object' THEN
    request.request_body := coalesce((SELECT jsonb_object_agg(key,
        CASE WHEN key = ANY (names) OR coalesce(btrim(value #>> '{}') = ANY (texts), false) THEN 'null' ELSE value END)
      FROM jsonb_each(request.request_body)), request.request_body);
  END IF;
  RETURN request;
END
$$;

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
      fits := OLD.request_id = entry.request_id
        AND NEW IS NOT DISTINCT FROM request_without(OLD, entry, redaction.fields);
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
    WHERE l.request_id = entry.request_id AND l IS DISTINCT FROM request_without(l, entry, redaction.fields);
  UPDATE audit_trail a
    SET (changes, reason, entity_name, salt, openings) = (SELECT w.changes, w.reason, w.entity_name, w.salt, w.openings
      FROM entry_without(entry, redaction.fields, opened) w)
    WHERE a.id = entry.id;
  UPDATE redactions SET applied_at = clock_timestamp() WHERE id = approved;
END
$$;

DROP FUNCTION requests_of(audit_trail);
DROP FUNCTION takes_out(text[], audit_trail, boolean, text, jsonb);
