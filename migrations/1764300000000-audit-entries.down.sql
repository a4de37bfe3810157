ALTER TABLE audit_trail
  DROP COLUMN salt,
  DROP COLUMN entity_name;
