-- Redactions can be repeated after a restore.

CREATE FUNCTION redaction_signed(redaction redactions) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT redaction_proven(redaction)
$$;

CREATE OR REPLACE FUNCTION redaction_due(redaction redactions) RETURNS boolean
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
