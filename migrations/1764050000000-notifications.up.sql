-- Finds what was read long enough ago; records that were imported may lack the time of reading.
CREATE INDEX notifications_read_idx ON notifications (coalesce(read_at, created_at)) WHERE read;
CREATE INDEX notifications_task_id_idx ON notifications (task_id) WHERE task_id IS NOT NULL;

-- Which deadlines were warned of: once each, and again only where a deadline was moved.
CREATE TABLE deadline_warnings (
  task_id integer NOT NULL,
  deadline timestamp with time zone NOT NULL,
  warned_at timestamp with time zone NOT NULL,
  CONSTRAINT deadline_warnings_pkey PRIMARY KEY (task_id, deadline),
  CONSTRAINT deadline_warnings_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks (id)
);
