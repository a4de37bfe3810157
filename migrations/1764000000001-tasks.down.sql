DROP TABLE legacy_ids;
DROP TABLE task_history;
DROP TABLE task_tags;
DROP TABLE tasks;
DROP TABLE tags;
