DROP TABLE deviation_imports;
ALTER TABLE protocol_deviations DROP COLUMN sponsor_defined_identifier;
