-- Where figures of tasks are read from, so that reading them costs the same whatever the number of tasks. Only live tasks
-- count. `timed…` is over completed ones with actual hours; `blocked_changes` counts what was done to blocked tasks, and
-- so only ever grows: it is the version of the list of them.

-- One row an assignee, and row 0 for everyone. Nobody but the folder writes here.
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
) WITH (fillfactor = 50);

-- What transactions did to those figures. They only add rows, so none of them waits for another; the folder takes the rows
-- away and adds them to the totals. Dead ones have to go often.
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

-- For each kind of statement, whoever makes it: one INSERT of what it changed by assignee, none where nothing counted
-- changed. One text for all kinds, of the rows that came (n = 1) and went (n = -1).
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

-- What depends on the clock is counted in these, without a look at the tasks.
CREATE INDEX tasks_assignee_open_deadline_idx ON tasks (assigned_to_id, deadline)
  WHERE deleted_at IS NULL AND status <> 'completed';
CREATE INDEX tasks_blocked_idx ON tasks (id) WHERE deleted_at IS NULL AND status = 'blocked';
CREATE INDEX tasks_assignee_blocked_idx ON tasks (assigned_to_id, id) WHERE deleted_at IS NULL AND status = 'blocked';
-- Figures over time find in these all that they need of a task.
DROP INDEX tasks_open_deadline_idx;
DROP INDEX tasks_completed_at_idx;
CREATE INDEX tasks_open_deadline_idx ON tasks (deadline, id) INCLUDE (created_at)
  WHERE deleted_at IS NULL AND status <> 'completed';
CREATE INDEX tasks_completed_at_idx ON tasks (completed_at) INCLUDE (created_at, deadline)
  WHERE deleted_at IS NULL AND completed_at IS NOT NULL;
