-- Redactions need signatures of the server. `redaction_due` comes with 1765091000000.

ALTER TABLE redactions
  ADD COLUMN request_mac bytea,
  ADD COLUMN approval_mac bytea,
  ADD COLUMN opened jsonb;

CREATE TABLE redaction_keys (
  key bytea NOT NULL,
  since timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT redaction_keys_pkey PRIMARY KEY (key)
);

CREATE TABLE redaction_delays (
  id integer GENERATED ALWAYS AS IDENTITY,
  delay interval NOT NULL,
  since timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT redaction_delays_pkey PRIMARY KEY (id),
  CONSTRAINT redaction_delays_delay_check CHECK (delay >= interval '0')
);

CREATE FUNCTION hmac_sha256(secret bytea, message bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  inner_pad bytea := decode(repeat('36', 64), 'hex');
  outer_pad bytea := decode(repeat('5c', 64), 'hex');
BEGIN
  FOR i IN 0..octet_length(secret) - 1 LOOP
    inner_pad := set_byte(inner_pad, i, get_byte(inner_pad, i) # get_byte(secret, i));
    outer_pad := set_byte(outer_pad, i, get_byte(outer_pad, i) # get_byte(secret, i));
  END LOOP;
  RETURN sha256(outer_pad || sha256(inner_pad || message));
END
$$;

CREATE FUNCTION redaction_message(redaction redactions, step text) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT concat_ws(E'\n', 'ctms redaction', step, redaction.id, redaction.entry_id, redaction.requested_by_id,
    CASE step WHEN 'approved' THEN redaction.decided_by_id || E'\n' || md5(redaction.reason) || E'\n'
      || encode(sha256(convert_to(redaction.opened::text, 'UTF8')), 'hex') ELSE md5(redaction.reason) END,
    array_to_string(redaction.fields, E'\n'))
$$;

CREATE FUNCTION refuse_other_times() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.created_at NOT BETWEEN clock_timestamp() - interval '2 minutes' AND clock_timestamp() + interval '1 second' THEN
    RAISE EXCEPTION 'A checkpoint is of the time at which it is stored' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER audit_checkpoints_are_of_now BEFORE INSERT ON audit_checkpoints
  FOR EACH ROW EXECUTE FUNCTION refuse_other_times();

CREATE FUNCTION refuse_decided_redactions() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.status <> 'pending' OR NEW.applied_at IS NOT NULL OR NEW.request_mac IS NOT NULL OR NEW.approval_mac IS NOT NULL
    OR NEW.opened IS NOT NULL THEN
    RAISE EXCEPTION 'A redaction begins as a request' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER redactions_begin_as_requests BEFORE INSERT ON redactions
  FOR EACH ROW EXECUTE FUNCTION refuse_decided_redactions();

CREATE OR REPLACE FUNCTION keep_redactions() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  allowed redactions := OLD;
BEGIN
  IF OLD.status = 'pending' OR (OLD.status = 'approved' AND OLD.applied_at IS NULL) THEN
    allowed.status := NEW.status;
    allowed.decided_by_id := NEW.decided_by_id;
    allowed.decided_by := NEW.decided_by;
    allowed.decided_at := NEW.decided_at;
    allowed.request_mac := coalesce(OLD.request_mac, NEW.request_mac);
    allowed.approval_mac := coalesce(OLD.approval_mac, NEW.approval_mac);
    allowed.opened := coalesce(OLD.opened, NEW.opened);
  END IF;
  IF OLD.status = 'approved' AND OLD.applied_at IS NULL THEN allowed.applied_at := NEW.applied_at; END IF;
  IF NEW IS DISTINCT FROM allowed THEN
    RAISE EXCEPTION 'Records of redactions are kept as they are: what was asked for or decided stays'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END
$$;

CREATE FUNCTION redaction_proven(redaction redactions) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM redaction_keys k
      WHERE hmac_sha256(k.key, convert_to(redaction_message(redaction, 'requested'), 'UTF8')) = redaction.request_mac)
    AND EXISTS (SELECT FROM redaction_keys k
      WHERE hmac_sha256(k.key, convert_to(redaction_message(redaction, 'approved'), 'UTF8')) = redaction.approval_mac)
$$;

DROP FUNCTION redact_audit_entry(integer, jsonb);

CREATE FUNCTION redact_audit_entry(approved integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  redaction redactions;
  entry audit_trail;
BEGIN
  SELECT * INTO STRICT redaction FROM redactions
    WHERE id = approved AND status = 'approved' AND applied_at IS NULL FOR UPDATE;
  IF NOT redaction_proven(redaction) THEN
    RAISE EXCEPTION 'Nothing proves that a server of this installation let redaction % be asked for and approved', approved
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT redaction_due(redaction) THEN
    RAISE EXCEPTION 'The request of redaction % has not been sealed for as long as it has to be', approved
      USING ERRCODE = 'insufficient_privilege';
  END IF;
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
      FROM entry_without(entry, redaction.fields, redaction.opened) w)
    WHERE a.id = entry.id;
  UPDATE redactions SET applied_at = clock_timestamp() WHERE id = approved;
END
$$;
