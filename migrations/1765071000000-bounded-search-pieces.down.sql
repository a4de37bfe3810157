CREATE OR REPLACE FUNCTION pieces_sought(given text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN (SELECT string_agg('''' || replace(replace(piece, '\', '\\'), '''', '''''') ||
      CASE WHEN length(piece) < 3 THEN ''':*' ELSE '''' END, ' & ')::tsquery
    FROM (SELECT piece FROM (SELECT DISTINCT substr(t, greatest(1, least(n, length(t) - 2)), 3) AS piece
        FROM lower(given) t, generate_series(1, length(t), 3) n) d
      ORDER BY piece ~ '^[a-z ]*$', piece LIMIT 8) p);
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
DROP FUNCTION piece_bucket(text);
-- Long texts are entered by their pieces again.
REINDEX INDEX task_texts_pieces_idx;
