-- Derived from the tasks: totals for analytics, and texts for search. Both are filled from the tasks that there are.

-- Rollups of live tasks, so that reading them costs the same whatever the number of tasks. `timed…` is over completed ones
-- with actual hours; `blocked_changes` counts the changes of blocked tasks, and so only ever grows: it is the version of the
-- list of them. One row an assignee, and row 0 for everyone; the folder alone writes here.
CREATE TABLE task_totals (
  assignee_id integer NOT NULL,
  total bigint NOT NULL,
  pending bigint NOT NULL,
  in_progress bigint NOT NULL,
  blocked bigint NOT NULL,
  completed bigint NOT NULL,
  low bigint NOT NULL,
  medium bigint NOT NULL,
  high bigint NOT NULL,
  critical bigint NOT NULL,
  timed bigint NOT NULL,
  estimated numeric(20,2) NOT NULL,
  actual numeric(20,2) NOT NULL,
  timed_estimated numeric(20,2) NOT NULL,
  timed_actual numeric(20,2) NOT NULL,
  blocked_changes bigint NOT NULL,
  -- Row 0 alone: no transaction before this one has anything left in task_deltas, in this run of the server. A restored
  -- dump or another server counts its transactions from elsewhere.
  folded_before xid8,
  folded_on timestamp with time zone,
  CONSTRAINT task_totals_pkey PRIMARY KEY (assignee_id)
) WITH (
  -- Few rows, and that of everyone is rewritten several times a second.
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0
);

-- Transactions only add rows, so none of them waits for another; the folder deletes the rows and adds them to the totals. Dead
-- ones have to be vacuumed often.
CREATE TABLE task_deltas (
  xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
  assignee_id integer NOT NULL,
  total integer NOT NULL,
  pending integer NOT NULL,
  in_progress integer NOT NULL,
  blocked integer NOT NULL,
  completed integer NOT NULL,
  low integer NOT NULL,
  medium integer NOT NULL,
  high integer NOT NULL,
  critical integer NOT NULL,
  timed integer NOT NULL,
  estimated numeric(20,2) NOT NULL,
  actual numeric(20,2) NOT NULL,
  timed_estimated numeric(20,2) NOT NULL,
  timed_actual numeric(20,2) NOT NULL,
  blocked_changes integer NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX task_deltas_xact_idx ON task_deltas (xact);

-- One trigger for each kind of statement: one INSERT of the changes by assignee, none where no figure changed. One text for
-- all kinds, of the rows that came (n = 1) and went (n = -1).
DO $do$
DECLARE
  counted constant text := 'assigned_to_id, status, priority, estimated_hours, actual_hours, deleted_at';
  kind record;
BEGIN
  FOR kind IN VALUES
    ('inserted', format('SELECT 1 AS n, %s FROM came', counted)),
    ('updated', format('SELECT 1 AS n, %s FROM came UNION ALL SELECT -1, %s FROM went', counted, counted)),
    ('deleted', format('SELECT -1 AS n, %s FROM went', counted)),
    ('truncated', format('SELECT -1 AS n, %s FROM public.tasks', counted))
  LOOP
    EXECUTE format($function$
      CREATE FUNCTION count_tasks_%s() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO public.task_deltas (assignee_id, total, pending, in_progress, blocked, completed, low, medium, high,
          critical, timed, estimated, actual, timed_estimated, timed_actual, blocked_changes)
        SELECT * FROM (
          SELECT assigned_to_id, sum(n) AS total, coalesce(sum(n) FILTER (WHERE status = 'pending'), 0) AS pending,
            coalesce(sum(n) FILTER (WHERE status = 'in_progress'), 0) AS in_progress,
            coalesce(sum(n) FILTER (WHERE status = 'blocked'), 0) AS blocked,
            coalesce(sum(n) FILTER (WHERE status = 'completed'), 0) AS completed,
            coalesce(sum(n) FILTER (WHERE priority = 'low'), 0) AS low,
            coalesce(sum(n) FILTER (WHERE priority = 'medium'), 0) AS medium,
            coalesce(sum(n) FILTER (WHERE priority = 'high'), 0) AS high,
            coalesce(sum(n) FILTER (WHERE priority = 'critical'), 0) AS critical,
            coalesce(sum(n) FILTER (WHERE timed), 0) AS timed, sum(n * estimated_hours) AS estimated,
            coalesce(sum(n * actual_hours), 0) AS actual,
            coalesce(sum(n * estimated_hours) FILTER (WHERE timed), 0) AS timed_estimated,
            coalesce(sum(n * actual_hours) FILTER (WHERE timed), 0) AS timed_actual,
            count(*) FILTER (WHERE status = 'blocked') AS blocked_changes
          FROM (SELECT *, status = 'completed' AND actual_hours IS NOT NULL AS timed FROM (%s) r WHERE deleted_at IS NULL) r
          GROUP BY assigned_to_id) d
        WHERE (total, pending, in_progress, blocked, completed, low, medium, high, critical, timed, estimated, actual,
          timed_estimated, timed_actual, blocked_changes) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        RETURN NULL;
      END
      $$
    $function$, kind.column1, kind.column2);
  END LOOP;
END
$do$;

CREATE TRIGGER tasks_inserted_are_counted AFTER INSERT ON tasks REFERENCING NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION count_tasks_inserted();
CREATE TRIGGER tasks_updated_are_counted AFTER UPDATE ON tasks REFERENCING NEW TABLE AS came OLD TABLE AS went
  FOR EACH STATEMENT EXECUTE FUNCTION count_tasks_updated();
CREATE TRIGGER tasks_deleted_are_counted AFTER DELETE ON tasks REFERENCING OLD TABLE AS went
  FOR EACH STATEMENT EXECUTE FUNCTION count_tasks_deleted();
CREATE TRIGGER tasks_truncated_are_counted BEFORE TRUNCATE ON tasks
  FOR EACH STATEMENT EXECUTE FUNCTION count_tasks_truncated();

-- The triggers have locked writers out until the end of this transaction.
INSERT INTO task_totals
SELECT coalesce(assigned_to_id, 0), count(*), count(*) FILTER (WHERE status = 'pending'),
  count(*) FILTER (WHERE status = 'in_progress'), count(*) FILTER (WHERE status = 'blocked'),
  count(*) FILTER (WHERE status = 'completed'), count(*) FILTER (WHERE priority = 'low'),
  count(*) FILTER (WHERE priority = 'medium'), count(*) FILTER (WHERE priority = 'high'),
  count(*) FILTER (WHERE priority = 'critical'), count(*) FILTER (WHERE timed),
  coalesce(sum(estimated_hours), 0), coalesce(sum(actual_hours), 0), coalesce(sum(estimated_hours) FILTER (WHERE timed), 0),
  coalesce(sum(actual_hours) FILTER (WHERE timed), 0), 0
FROM (SELECT *, status = 'completed' AND actual_hours IS NOT NULL AS timed FROM tasks WHERE deleted_at IS NULL) t
GROUP BY GROUPING SETS ((assigned_to_id), ());

-- Search, without an extension that an installation may not have. A text is cut into all of its pieces of three characters
-- (of fewer at its end), in lower case as ILIKE compares them: a text contains the pieces of each text that it contains. Each
-- piece is an entry of the index, some 100 bytes of write-ahead log; so a text with more than 4,096 different pieces is indexed
-- by the 4,096 buckets that they hash into, and by a word that all such texts have. Searches look for either.
CREATE FUNCTION piece_bucket(piece text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  -- Longer than any piece, so that none can be taken for it.
  RETURN '#' || lpad(to_hex(hashtext(piece) & 4095), 3, '0');

-- In PL/pgSQL, which the connection caches: a function in SQL is read from the catalog, and planned, by each statement that
-- indexes a text.
CREATE FUNCTION text_pieces(given text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 2000 AS $$
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

-- The pieces that a text must have to contain the given one, of those side by side and the last: no more than are needed,
-- those with digits and signs first, which are more selective than letters. A text shorter than a piece is the prefix of one.
CREATE FUNCTION pieces_sought(given text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN (SELECT ('(' || string_agg('''' || replace(replace(piece, '\', '\\'), '''', '''''') ||
      CASE WHEN length(piece) < 3 THEN ''':*' ELSE '''' END, ' & ') || ') | (' ||
      string_agg(CASE WHEN length(piece) < 3 THEN '''#long''' ELSE '''' || piece_bucket(piece) || '''' END, ' & ') || ')')::tsquery
    FROM (SELECT piece FROM (SELECT DISTINCT substr(t, greatest(1, least(n, length(t) - 2)), 3) AS piece
        FROM lower(given) t, generate_series(1, length(t), 3) n) d
      ORDER BY piece ~ '^[a-z ]*$', piece LIMIT 8) p);

-- Apart from the tasks, of which every change would index all pieces again; these rows change only with the texts.
CREATE TABLE task_texts (
  task_id integer NOT NULL,
  text text NOT NULL,
  CONSTRAINT task_texts_pkey PRIMARY KEY (task_id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
INSERT INTO task_texts SELECT id, title || E'\n' || description FROM tasks ORDER BY id;
-- New entries wait in a list that every search reads too, so it is kept short.
CREATE INDEX task_texts_pieces_idx ON task_texts USING gin (text_pieces(text)) WITH (gin_pending_list_limit = 512);
-- No query asks for the frequency of a piece.
ALTER INDEX task_texts_pieces_idx ALTER COLUMN 1 SET STATISTICS 0;

-- By the index and in no other way: to cut all texts again would take minutes.
CREATE FUNCTION tasks_with_pieces_of(given text) RETURNS SETOF integer LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 1000
  SET enable_seqscan = off SET enable_indexscan = off SET work_mem = '64MB' SET search_path = pg_catalog, public, pg_temp
  BEGIN ATOMIC
    SELECT task_id FROM task_texts WHERE text_pieces(text) @@ pieces_sought(given);
  END;

CREATE FUNCTION keep_task_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM public.task_texts WHERE task_id = OLD.id;
  ELSE
    INSERT INTO public.task_texts VALUES (NEW.id, NEW.title || E'\n' || NEW.description)
      ON CONFLICT (task_id) DO UPDATE SET text = excluded.text;
  END IF;
  RETURN NULL;
END
$$;

CREATE FUNCTION keep_task_texts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.task_texts SELECT id, title || E'\n' || description FROM came
    ON CONFLICT (task_id) DO UPDATE SET text = excluded.text;
  RETURN NULL;
END
$$;

CREATE TRIGGER tasks_text_is_kept AFTER INSERT ON tasks
  REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION keep_task_texts();
CREATE TRIGGER tasks_text_is_kept_up AFTER UPDATE ON tasks FOR EACH ROW
  WHEN (OLD.title <> NEW.title OR OLD.description <> NEW.description)
  EXECUTE FUNCTION keep_task_text();
CREATE TRIGGER tasks_text_is_gone AFTER DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION keep_task_text();
