-- Kinds of notifications of extensions, which are about a record of theirs instead of a task.
ALTER TABLE notifications ADD COLUMN record_id integer,
  DROP CONSTRAINT notifications_type_check,
  ADD CONSTRAINT notifications_type_check CHECK (record_id IS NOT NULL OR notification_type IN
    ('status_change', 'deadline_warning', 'task_assigned', 'task_unassigned', 'priority_escalated')),
  ADD CONSTRAINT notifications_record_id_check CHECK (record_id IS NULL OR task_id IS NULL);

-- Outlives the notifications, of which those that were read are deleted: a fact is notified once.
CREATE TABLE notified_facts (
  notification_type character varying(32) NOT NULL,
  record_id integer NOT NULL,
  fact character varying(100) NOT NULL,
  user_id integer NOT NULL,
  notified_at timestamp with time zone NOT NULL,
  CONSTRAINT notified_facts_pkey PRIMARY KEY (notification_type, record_id, fact, user_id),
  CONSTRAINT notified_facts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);
COMMENT ON TABLE notified_facts IS 'Facts about records of extensions, with the users who were notified of them, each once.';
