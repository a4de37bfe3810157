-- Texts are indexed by statement instead of by row. The pieces stay the same, and so does the index.

CREATE OR REPLACE FUNCTION text_pieces(given text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 2000 AS $$
DECLARE
  lowered text := lower(given);
  pieces text[];
BEGIN
  IF strpos(lowered, E'\x01') = 0 THEN
    -- Three cuts into threes, each one character further on, give the piece of each place; what ends a cut is shorter.
    pieces := array_remove(
      string_to_array(regexp_replace(lowered, '(...)', E'\\1\x01', 'g'), E'\x01')
      || string_to_array(regexp_replace(substr(lowered, 2), '(...)', E'\\1\x01', 'g'), E'\x01')
      || string_to_array(regexp_replace(substr(lowered, 3), '(...)', E'\\1\x01', 'g'), E'\x01'), '');
  ELSE
    pieces := (SELECT array_agg(piece)
      FROM (SELECT c || lead(c, 1, '') OVER w || lead(c, 2, '') OVER w AS piece
        FROM string_to_table(lowered, NULL) WITH ORDINALITY AS s (c, n) WINDOW w AS (ORDER BY n)) p);
  END IF;
  IF cardinality(pieces) > 4096 THEN
    pieces := ARRAY(SELECT DISTINCT piece FROM unnest(pieces) piece);
    IF cardinality(pieces) > 4096 THEN
      pieces := ARRAY(SELECT DISTINCT public.piece_bucket(piece) FROM unnest(pieces) piece UNION ALL SELECT '#long');
    END IF;
  END IF;
  RETURN array_to_tsvector(pieces);
END
$$;

CREATE FUNCTION keep_task_texts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.task_texts SELECT id, title || E'\n' || description FROM came
    ON CONFLICT (task_id) DO UPDATE SET text = excluded.text;
  RETURN NULL;
END
$$;

DROP TRIGGER tasks_text_is_kept ON tasks;
CREATE TRIGGER tasks_text_is_kept AFTER INSERT ON tasks
  REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION keep_task_texts();
CREATE TRIGGER tasks_text_is_gone AFTER DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION keep_task_text();
