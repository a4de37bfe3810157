DROP TABLE deadline_warnings;
DROP INDEX notifications_task_id_idx;
DROP INDEX notifications_read_idx;
