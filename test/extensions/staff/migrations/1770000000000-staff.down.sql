DROP TABLE staff_users;
DROP TABLE staff_rules;
