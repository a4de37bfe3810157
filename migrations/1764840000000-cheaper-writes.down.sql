CREATE OR REPLACE FUNCTION text_pieces(given text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 2000
  RETURN (SELECT array_to_tsvector(array_agg(DISTINCT piece))
    FROM (SELECT c || lead(c, 1, '') OVER w || lead(c, 2, '') OVER w AS piece
      FROM string_to_table(lower(given), NULL) WITH ORDINALITY AS s (c, n) WINDOW w AS (ORDER BY n)) p);

CREATE INDEX tasks_blocked_idx ON tasks (id) WHERE deleted_at IS NULL AND status = 'blocked';
CREATE INDEX notifications_task_id_idx ON notifications (task_id) WHERE task_id IS NOT NULL;
