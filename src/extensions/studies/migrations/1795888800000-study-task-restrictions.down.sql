DROP VIEW study_task_restrictions;
