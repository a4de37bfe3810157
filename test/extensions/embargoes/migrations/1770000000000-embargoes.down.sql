DROP TABLE embargoes_tasks;
DROP TABLE embargoes_rules;
