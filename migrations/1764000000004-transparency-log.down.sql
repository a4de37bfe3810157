DROP TABLE audit_departures;
DROP TABLE audit_keys;
DROP TABLE audit_checkpoints;
DROP FUNCTION refuse_other_times();
DROP TABLE audit_nodes;
DROP TABLE audit_seals;
