DROP TABLE audit_departures;
DROP TABLE audit_keys;
DROP TABLE audit_checkpoints;
DROP TABLE audit_nodes;
DROP TABLE audit_seals;
