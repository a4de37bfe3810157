CREATE TABLE embargoes_rules (user_id integer NOT NULL, condition jsonb);
CREATE TABLE embargoes_tasks (task_id integer NOT NULL, unit_id integer, site_name text, is_closed boolean);
CREATE INDEX embargoes_tasks_task_idx ON embargoes_tasks (task_id);
