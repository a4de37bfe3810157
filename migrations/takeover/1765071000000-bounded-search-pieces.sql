-- Buckets for texts with more than 4,096 different pieces. `text_pieces` gets its last form with 1765099000000.

CREATE FUNCTION piece_bucket(piece text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN '#' || lpad(to_hex(hashtext(piece) & 4095), 3, '0');

CREATE OR REPLACE FUNCTION pieces_sought(given text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN (SELECT ('(' || string_agg('''' || replace(replace(piece, '\', '\\'), '''', '''''') ||
      CASE WHEN length(piece) < 3 THEN ''':*' ELSE '''' END, ' & ') || ') | (' ||
      string_agg(CASE WHEN length(piece) < 3 THEN '''#long''' ELSE '''' || piece_bucket(piece) || '''' END, ' & ') || ')')::tsquery
    FROM (SELECT piece FROM (SELECT DISTINCT substr(t, greatest(1, least(n, length(t) - 2)), 3) AS piece
        FROM lower(given) t, generate_series(1, length(t), 3) n) d
      ORDER BY piece ~ '^[a-z ]*$', piece LIMIT 8) p);
