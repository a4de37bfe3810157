DROP TRIGGER tasks_text_is_gone ON tasks;
DROP TRIGGER tasks_text_is_kept ON tasks;
DROP FUNCTION keep_task_texts();
CREATE TRIGGER tasks_text_is_kept AFTER INSERT OR DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION keep_task_text();

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
  pieces := (SELECT array_agg(piece)
    FROM (SELECT c || lead(c, 1, '') OVER w || lead(c, 2, '') OVER w AS piece
      FROM string_to_table(lowered, NULL) WITH ORDINALITY AS s (c, n) WINDOW w AS (ORDER BY n)) p);
  IF cardinality(pieces) > 4096 THEN
    pieces := ARRAY(SELECT DISTINCT piece FROM unnest(pieces) piece);
    IF cardinality(pieces) > 4096 THEN
      pieces := ARRAY(SELECT DISTINCT public.piece_bucket(piece) FROM unnest(pieces) piece UNION ALL SELECT '#long');
    END IF;
  END IF;
  RETURN array_to_tsvector(pieces);
END
$$;
