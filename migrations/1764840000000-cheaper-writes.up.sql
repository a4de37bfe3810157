-- Every index is paid for with each row that is written. Nobody looks for the notifications of a task.
DROP INDEX notifications_task_id_idx;
-- The blocked tasks in the order of ids are in tasks_status_idx too.
DROP INDEX tasks_blocked_idx;

-- The same pieces. A function in SQL is read from the catalog, and planned, by each statement that enters a text; this one is
-- kept by the connection, and texts as short as titles mostly are need no plan at all.
CREATE OR REPLACE FUNCTION text_pieces(given text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 2000 AS $$
DECLARE
  lowered text := lower(given);
  pieces text[];
BEGIN
  IF length(lowered) <= 128 THEN
    FOR n IN 1 .. length(lowered) LOOP
      pieces[n] := substr(lowered, n, 3);
    END LOOP;
    RETURN array_to_tsvector(pieces);
  END IF;
  -- In a long text, each place is found anew from its beginning; so it is cut in one go.
  RETURN (SELECT array_to_tsvector(array_agg(piece))
    FROM (SELECT c || lead(c, 1, '') OVER w || lead(c, 2, '') OVER w AS piece
      FROM string_to_table(lowered, NULL) WITH ORDINALITY AS s (c, n) WINDOW w AS (ORDER BY n)) p);
END
$$;
