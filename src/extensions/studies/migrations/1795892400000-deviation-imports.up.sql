-- What files of others know a deviation by (SDTM DVSPID), and what the last import of it had.

ALTER TABLE protocol_deviations
  ADD COLUMN sponsor_defined_identifier character varying(100) NOT NULL DEFAULT gen_random_uuid(),
  ADD CONSTRAINT protocol_deviations_identifier_key UNIQUE (study_id, sponsor_defined_identifier);

CREATE TABLE deviation_imports (
  deviation_id integer NOT NULL,
  imported jsonb NOT NULL,
  kept jsonb NOT NULL,
  CONSTRAINT deviation_imports_pkey PRIMARY KEY (deviation_id),
  CONSTRAINT deviation_imports_deviation_id_fkey FOREIGN KEY (deviation_id) REFERENCES protocol_deviations (id) ON DELETE CASCADE
);
COMMENT ON TABLE deviation_imports IS 'Values that the last import gave deviations, which tell a change of a person, and cells that no field has.';
