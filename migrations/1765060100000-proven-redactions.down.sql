DROP FUNCTION redact_audit_entry(integer);
DROP FUNCTION redaction_proven(redactions);
DROP TRIGGER redactions_begin_as_requests ON redactions;
DROP FUNCTION refuse_decided_redactions();
DROP TRIGGER audit_checkpoints_are_of_now ON audit_checkpoints;
DROP FUNCTION refuse_other_times();
DROP FUNCTION redaction_due(redactions);
DROP FUNCTION redaction_message(redactions, text);
DROP FUNCTION hmac_sha256(bytea, bytea);
DROP TABLE redaction_delays;
DROP TABLE redaction_keys;
CREATE OR REPLACE FUNCTION keep_redactions() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  allowed redactions := OLD;
BEGIN
  IF OLD.status = 'pending' THEN
    allowed.status := NEW.status;
    allowed.decided_by_id := NEW.decided_by_id;
    allowed.decided_by := NEW.decided_by;
    allowed.decided_at := NEW.decided_at;
  ELSIF OLD.applied_at IS NULL THEN
    allowed.applied_at := NEW.applied_at;
  END IF;
  IF NEW IS DISTINCT FROM allowed THEN
    RAISE EXCEPTION 'Records of redactions are kept as they are: what was asked for or decided stays'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END
$$;

ALTER TABLE redactions DROP COLUMN request_mac, DROP COLUMN approval_mac, DROP COLUMN opened;
CREATE FUNCTION redact_audit_entry(approved integer, opened jsonb) RETURNS void
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
