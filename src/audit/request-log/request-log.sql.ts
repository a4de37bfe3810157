import sql, { type Sql } from 'sql-template-tag';

/** Columns of a line, in the order of the insert. */
const LINES = sql`timestamp timestamptz, user_id int, username text, method text, path text, operation text, status_code int,
  duration_ms numeric, ip_address text, user_agent text, request_id text, server_request_id uuid, query jsonb,
  request_body jsonb, response_body jsonb, request_count int, omitted_bytes int`;

/** Matches a line `l` that is not in the log. */
const NOT_LOGGED = sql`NOT EXISTS (SELECT FROM api_audit_logs g WHERE g.request_id = l.request_id
  AND g.server_request_id IS NOT DISTINCT FROM l.server_request_id AND g.timestamp = l.timestamp)`;

/**
 * Inserts lines in their order. A redaction removes values from the lines that are in the log; those of earlier requests that
 * are inserted after it lose their bodies, since the values can no longer be recognized: their own requests, others of the
 * record, and those to an address with its id. The locks order this insert before or after a redaction that is being applied.
 *
 * @param json array of lines
 * @param again leaves out the lines that are in the log
 */
export const insertLinesSql = (json: string, again: boolean): Sql => sql`WITH lines AS MATERIALIZED (
    SELECT * FROM ROWS FROM (jsonb_to_recordset(${json}::jsonb) AS (${LINES})) WITH ORDINALITY AS l
  ), since AS (SELECT min(timestamp) AS earliest FROM lines WHERE request_body IS NOT NULL),
  -- Locked before anything is looked up, which is for redactions that were applied: few, or none.
  recent AS MATERIALIZED (SELECT r.entry_id, r.applied_at FROM redactions r
    WHERE r.status IN ('pending', 'approved') AND (SELECT earliest FROM since) IS NOT NULL
      AND (r.applied_at IS NULL OR r.applied_at >= (SELECT earliest FROM since))
    ORDER BY r.id FOR SHARE
  ), applied AS MATERIALIZED (SELECT r.applied_at, e.* FROM recent r
    -- By its key, however many redactions the planner expects: OFFSET keeps it from reading the whole trail.
    CROSS JOIN LATERAL (SELECT entity_type, entity_id, request_id, server_request_id
      FROM audit_trail WHERE id = r.entry_id OFFSET 0) e
    WHERE r.applied_at IS NOT NULL
  ), requests AS MATERIALIZED (SELECT applied_at, request_id, server_request_id FROM applied
    UNION SELECT r.applied_at, a.request_id, a.server_request_id FROM applied r
    CROSS JOIN LATERAL (SELECT request_id, server_request_id FROM audit_trail
      WHERE entity_type = r.entity_type AND entity_id = r.entity_id OFFSET 0) a
  ), redacted AS MATERIALIZED (SELECT l.ordinality FROM lines l JOIN requests r ON r.request_id = l.request_id
      AND r.server_request_id IS NOT DISTINCT FROM l.server_request_id AND r.applied_at >= l.timestamp
    UNION SELECT l.ordinality FROM lines l JOIN applied r ON r.applied_at >= l.timestamp AND l.path ~ ('/' || r.entity_id || '/?$')
  )
  INSERT INTO api_audit_logs (timestamp, user_id, username, method, path, operation, status_code, duration_ms, ip_address,
    user_agent, request_id, server_request_id, query, request_body, response_body, request_count, omitted_bytes)
  SELECT timestamp, user_id, username, method, path, operation, status_code, duration_ms, ip_address, user_agent, request_id,
    server_request_id, query,
    CASE WHEN request_body IS NOT NULL AND ordinality IN (TABLE redacted) THEN '"***"' ELSE request_body END,
    response_body, request_count, omitted_bytes
  FROM lines l WHERE ${again ? NOT_LOGGED : sql`TRUE`} ORDER BY ordinality`;
