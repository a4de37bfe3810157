CREATE TABLE departments_rules (user_id integer NOT NULL, condition jsonb);
CREATE TABLE departments_tasks (task_id integer NOT NULL, unit_id integer, site_name text, is_closed boolean);
CREATE INDEX departments_tasks_task_idx ON departments_tasks (task_id);
