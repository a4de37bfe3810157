-- Append-only records, and the powers that the role which serves has only through functions of the owner (SECURITY DEFINER).
-- The roles themselves and their grants follow each migration (decision 50). All functions look into this schema first, and
-- into temporary tables last: no role can put a table of its own before ours.

-- Only an owner may analyze; the import, which is not, needs fresh statistics for its new rows.
CREATE FUNCTION refresh_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  ANALYZE public.users, public.tags, public.tasks, public.task_tags, public.task_history, public.notifications,
    public.audit_trail;
END
$$;

-- Append-only for every role, the owner among them.
CREATE FUNCTION refuse_change_of_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Records of % are kept as they are: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Refuses an update unless a redaction is in progress; then each row of it is compared with the approval.
CREATE FUNCTION refuse_change_without_redaction() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM redactions WHERE status = 'approved' AND applied_at IS NULL) THEN
    RAISE EXCEPTION 'Records of % are kept as they are: % is refused', TG_TABLE_NAME, TG_OP
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END
$$;

-- The steps of a redaction.

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

-- Until the values are removed, a redaction may still be stopped; the request itself never changes.
CREATE FUNCTION keep_redactions() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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

CREATE TRIGGER redactions_are_decided_once BEFORE UPDATE ON redactions
  FOR EACH ROW EXECUTE FUNCTION keep_redactions();
CREATE TRIGGER redactions_are_kept BEFORE DELETE OR TRUNCATE ON redactions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();

-- Proof of a redaction: the server signs each request and each approval with a key that it derives from SECRET_KEY and that
-- only the owner's functions can read. The password of the role that serves is not enough.

-- RFC 2104, for keys of at most 64 bytes.
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

-- The message that the server signs at a step of a redaction: requested, approved.
CREATE FUNCTION redaction_message(redaction redactions, step text) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT concat_ws(E'\n', 'ctms redaction', step, redaction.id, redaction.entry_id, redaction.requested_by_id,
    CASE step WHEN 'approved' THEN redaction.decided_by_id || E'\n' || md5(redaction.reason) || E'\n'
      || encode(sha256(convert_to(redaction.opened::text, 'UTF8')), 'hex') ELSE md5(redaction.reason) END,
    array_to_string(redaction.fields, E'\n'))
$$;

-- True where a server of this installation signed both steps.
CREATE FUNCTION redaction_proven(redaction redactions) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM redaction_keys k
      WHERE hmac_sha256(k.key, convert_to(redaction_message(redaction, 'requested'), 'UTF8')) = redaction.request_mac)
    AND EXISTS (SELECT FROM redaction_keys k
      WHERE hmac_sha256(k.key, convert_to(redaction_message(redaction, 'approved'), 'UTF8')) = redaction.approval_mac)
$$;

-- The same, also for a redaction that this database does not have. The keys are the owner's to read; the role that serves gets
-- yes or no.
CREATE FUNCTION redaction_signed(redaction redactions) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT redaction_proven(redaction)
$$;

-- True where the request has been under a signed checkpoint for the delay. A repeated redaction counts from the entry of its
-- repetition, since that of the request went with the lost history (decision 110).
CREATE FUNCTION redaction_due(redaction redactions) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(bool_and(d.delay = interval '0' OR EXISTS (
    SELECT FROM audit_trail a JOIN audit_seals s ON s.entry_id = a.id
    JOIN LATERAL (SELECT created_at FROM audit_checkpoints WHERE tree_size > s.position ORDER BY tree_size LIMIT 1) c ON TRUE
    WHERE a.entity_type = 'redaction' AND a.entity_id = redaction.id
      AND (a.action = 'redaction.requested' AND a.actor_id = redaction.requested_by_id
        OR a.action = 'redaction.repeated' AND a.actor_role = 'system')
      AND c.created_at <= clock_timestamp() - d.delay)), TRUE)
  FROM (SELECT delay FROM redaction_delays ORDER BY id DESC LIMIT 1) d
$$;

-- Redacted rows of each table.

-- The path of a field in the changes of an entry; null for reason and entity_name, which are columns.
CREATE FUNCTION redacted_place(field text) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT ARRAY[m[1], CASE m[2] WHEN 'before' THEN '0' ELSE '1' END]
  FROM regexp_match(field, '^(.*)\.(before|after)$') m WHERE m IS NOT NULL
$$;

-- The path by which the leaf of an entry names a field.
CREATE FUNCTION redacted_path(field text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce('changes.' || array_to_string(redacted_place(field), '.'), field)
$$;

-- An entry without some fields.
CREATE FUNCTION entry_without(entry audit_trail, fields text[], opened jsonb) RETURNS audit_trail
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  field text;
BEGIN
  FOREACH field IN ARRAY fields LOOP
    IF redacted_place(field) IS NOT NULL THEN
      entry.changes := jsonb_set(entry.changes, redacted_place(field), 'null', false);
    END IF;
  END LOOP;
  IF 'reason' = ANY (fields) THEN entry.reason := NULL; END IF;
  IF 'entity_name' = ANY (fields) THEN entry.entity_name := NULL; END IF;
  entry.salt := NULL;
  entry.openings := opened;
  RETURN entry;
END
$$;

-- True where openings have the form of those of an entry without some fields; audit:verify checks their values.
CREATE FUNCTION openings_fit(entry audit_trail, fields text[], opened jsonb) RETURNS boolean
LANGUAGE sql SET search_path = public, pg_temp AS $$
  SELECT opened - 'salts' - 'commitments' = '{}'
    AND ARRAY(SELECT jsonb_object_keys(opened->'commitments') ORDER BY 1)
      = ARRAY(SELECT jsonb_object_keys(coalesce(entry.openings->'commitments', '{}')) UNION
          SELECT redacted_path(f) FROM unnest(fields) f ORDER BY 1)
    AND opened->'commitments' @> coalesce(entry.openings->'commitments', '{}')
    AND coalesce(entry.openings->'salts', opened->'salts') @> (opened->'salts')
    AND NOT EXISTS (SELECT FROM jsonb_object_keys(opened->'salts') path WHERE opened->'commitments' ? path)
    AND NOT EXISTS (SELECT FROM jsonb_each_text(opened->'salts') WHERE coalesce(value, '') !~ '^[0-9a-f]{32}$')
    AND NOT EXISTS (SELECT FROM jsonb_each_text(opened->'commitments') WHERE coalesce(value, '') !~ '^[0-9a-f]{64}$')
$$;

-- A row of history without the values that are redacted in an entry, wherever they stand in the same field.
CREATE FUNCTION history_without(history task_history, entry audit_trail, fields text[]) RETURNS task_history
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  field text;
  place text[];
  side text;
BEGIN
  FOREACH field IN ARRAY fields LOOP
    place := redacted_place(field);
    CONTINUE WHEN place IS NULL;
    FOREACH side IN ARRAY ARRAY['0', '1'] LOOP
      IF history.changes #> ARRAY[place[1], side] = entry.changes #> place THEN
        history.changes := jsonb_set(history.changes, ARRAY[place[1], side], 'null', false);
      END IF;
    END LOOP;
  END LOOP;
  IF 'reason' = ANY (fields) AND history.reason = entry.reason THEN history.reason := NULL; END IF;
  RETURN history;
END
$$;

-- The logged requests that may hold values of an entry: those that changed the same record, and those to its address, which is
-- learned from the former. Requests are the same only where both ids are: values of one user's change stay in the request of
-- another who sent the same X-Request-Id.
CREATE FUNCTION requests_of(entry audit_trail) RETURNS SETOF bigint
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

-- True where a member of a body goes with fields of an entry: in the entry's own request by its name, or by its text; in
-- others by both. The log has the beginning of long texts, and three dots.
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

-- A logged request without the members of its body that go with redacted fields of an entry.
CREATE FUNCTION request_without(request api_audit_logs, entry audit_trail, fields text[]) RETURNS api_audit_logs
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

-- Admits an updated row only where it is the row without approved fields.
CREATE FUNCTION admit_redactions() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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

-- The only way to change an entry: redacts the approved fields in the entry and in its copies. With the rights of the owner, so
-- that its caller needs none on these tables.
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

-- Each trigger is named after the records that it keeps.
CREATE TRIGGER audit_trail_is_kept BEFORE DELETE OR TRUNCATE ON audit_trail
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER audit_trail_is_not_changed BEFORE UPDATE ON audit_trail
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_without_redaction();
CREATE TRIGGER audit_trail_is_redacted BEFORE UPDATE ON audit_trail
  FOR EACH ROW EXECUTE FUNCTION admit_redactions();
CREATE TRIGGER task_history_is_kept BEFORE DELETE OR TRUNCATE ON task_history
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER task_history_is_not_changed BEFORE UPDATE ON task_history
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_without_redaction();
CREATE TRIGGER task_history_is_redacted BEFORE UPDATE ON task_history
  FOR EACH ROW EXECUTE FUNCTION admit_redactions();
CREATE TRIGGER api_audit_logs_are_redacted BEFORE UPDATE ON api_audit_logs
  FOR EACH ROW EXECUTE FUNCTION admit_redactions();
CREATE TRIGGER audit_seals_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER audit_nodes_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_nodes
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER audit_checkpoints_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER audit_keys_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_keys
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();
CREATE TRIGGER audit_departures_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_departures
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records();

-- The request log and each partition: statement triggers of a partitioned table do not fire for statements that name a
-- partition.
DO $$
DECLARE
  log regclass;
BEGIN
  FOR log IN SELECT relid FROM pg_partition_tree('api_audit_logs') LOOP
    EXECUTE format('CREATE TRIGGER api_audit_logs_are_kept BEFORE DELETE OR TRUNCATE ON %s
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_records()', log);
    EXECUTE format('CREATE TRIGGER api_audit_logs_are_not_changed BEFORE UPDATE ON %s
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_without_redaction()', log);
  END LOOP;
END
$$;
