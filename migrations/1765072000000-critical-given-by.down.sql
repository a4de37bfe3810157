ALTER TABLE tasks DROP COLUMN critical_given_by;
