-- Each order of a list walks an index, in either direction, so that a page costs the same among a million tasks. Beside
-- those that there are (id, deadline, created_at):
CREATE INDEX tasks_updated_at_idx ON tasks (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_title_idx ON tasks (title, id) WHERE deleted_at IS NULL;
-- The order of priorities, and those of one priority in the order of ids.
CREATE INDEX tasks_priority_idx ON tasks
  (array_position(ARRAY['low', 'medium', 'high', 'critical'], priority::text), id) WHERE deleted_at IS NULL;
-- An index with a condition tells the planner nothing of how many there are of each.
CREATE STATISTICS tasks_priority_rank ON (array_position(ARRAY['low', 'medium', 'high', 'critical'], priority::text)) FROM tasks;
-- Those of one status in the order of ids: the open ones are the youngest, and a walk by id would pass all others first.
CREATE INDEX tasks_status_idx ON tasks (status, id) WHERE deleted_at IS NULL;
-- What took too long: where it is, and how much of it there is, which no statistics of single columns tell.
CREATE INDEX tasks_overworked_idx ON tasks (id) WHERE deleted_at IS NULL AND actual_hours - 1.5 * estimated_hours > 0;
CREATE STATISTICS tasks_overwork ON (actual_hours - 1.5 * estimated_hours) FROM tasks;

-- Search, without an extension that an installation may not have. A text is cut into all of its pieces of three
-- characters (of fewer at its end), in lower case as ILIKE sees them: what a text contains, its pieces contain.
CREATE FUNCTION text_pieces(given text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 2000
  RETURN (SELECT array_to_tsvector(array_agg(DISTINCT piece))
    FROM (SELECT c || lead(c, 1, '') OVER w || lead(c, 2, '') OVER w AS piece
      FROM string_to_table(lower(given), NULL) WITH ORDINALITY AS s (c, n) WINDOW w AS (ORDER BY n)) p);

-- The pieces that a text must have to contain the given one, of those side by side and the last: no more than are needed,
-- those with digits and signs first, which tell more than letters do. What is shorter than a piece is the beginning of one.
CREATE FUNCTION pieces_sought(given text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN (SELECT string_agg('''' || replace(replace(piece, '\', '\\'), '''', '''''') ||
      CASE WHEN length(piece) < 3 THEN ''':*' ELSE '''' END, ' & ')::tsquery
    FROM (SELECT piece FROM (SELECT DISTINCT substr(t, greatest(1, least(n, length(t) - 2)), 3) AS piece
        FROM lower(given) t, generate_series(1, length(t), 3) n) d
      ORDER BY piece ~ '^[a-z ]*$', piece LIMIT 8) p);

-- Apart from the tasks, whose every change would enter all pieces anew; these rows change only with the texts.
CREATE TABLE task_texts (
  task_id integer NOT NULL,
  text text NOT NULL,
  CONSTRAINT task_texts_pkey PRIMARY KEY (task_id)
);
INSERT INTO task_texts SELECT id, title || E'\n' || description FROM tasks ORDER BY id;
-- New entries wait in a list that every search reads too, so it is kept short.
CREATE INDEX task_texts_pieces_idx ON task_texts USING gin (text_pieces(text)) WITH (gin_pending_list_limit = 512);

-- It is never asked for how common a piece is.
ALTER INDEX task_texts_pieces_idx ALTER COLUMN 1 SET STATISTICS 0;

-- The tasks whose texts have these pieces, found by the index and in no other way: to cut all texts anew would take minutes.
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
CREATE TRIGGER tasks_text_is_kept AFTER INSERT OR DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION keep_task_text();
CREATE TRIGGER tasks_text_is_kept_up AFTER UPDATE ON tasks FOR EACH ROW
  WHEN (OLD.title <> NEW.title OR OLD.description <> NEW.description)
  EXECUTE FUNCTION keep_task_text();
