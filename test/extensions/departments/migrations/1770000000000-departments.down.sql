DROP TABLE departments_tasks;
DROP TABLE departments_rules;
