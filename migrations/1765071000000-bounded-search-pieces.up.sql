-- What a text costs in the index of pieces is bounded. Each piece is an entry of its own, some 100 bytes of write-ahead log:
-- 48 kB of random characters have 48,000, and each change entered them again. A text with more than 4,096 different pieces is
-- indexed by the 4,096 buckets that they hash into, and by a word that all such texts have; searches look for either.

CREATE FUNCTION piece_bucket(piece text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  -- Longer than any piece, so that none can be taken for it.
  RETURN '#' || lpad(to_hex(hashtext(piece) & 4095), 3, '0');

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

CREATE OR REPLACE FUNCTION pieces_sought(given text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN (SELECT ('(' || string_agg('''' || replace(replace(piece, '\', '\\'), '''', '''''') ||
      CASE WHEN length(piece) < 3 THEN ''':*' ELSE '''' END, ' & ') || ') | (' ||
      string_agg(CASE WHEN length(piece) < 3 THEN '''#long''' ELSE '''' || piece_bucket(piece) || '''' END, ' & ') || ')')::tsquery
    FROM (SELECT piece FROM (SELECT DISTINCT substr(t, greatest(1, least(n, length(t) - 2)), 3) AS piece
        FROM lower(given) t, generate_series(1, length(t), 3) n) d
      ORDER BY piece ~ '^[a-z ]*$', piece LIMIT 8) p);
