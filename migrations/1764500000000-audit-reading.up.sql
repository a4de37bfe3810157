ALTER TABLE audit_trail
  -- What the record itself said of its last change, so that its state at any time is told exactly.
  ADD COLUMN entity_updated_at timestamp with time zone;

CREATE INDEX audit_trail_session_idx ON audit_trail (session_id, id);
-- Few changes have a reason, so a search in the reasons reads only those.
CREATE INDEX audit_trail_reason_idx ON audit_trail (id) WHERE reason IS NOT NULL;
-- The names of the changed fields.
CREATE INDEX audit_trail_fields_idx ON audit_trail USING gin (jsonb_path_query_array(changes, '$.keyvalue().key'));

-- The last change of each field, over changes in their order: what a record is like after them.
CREATE AGGREGATE last_changes(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}');
