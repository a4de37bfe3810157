ALTER TABLE audit_trail
  -- The name that people knew the record by at the time: entries outlive records.
  ADD COLUMN entity_name character varying(255),
  -- Hides the values of the entry in its sealed leaf, so that one can be taken out without the proof of the rest.
  ADD COLUMN salt bytea NOT NULL DEFAULT uuid_send(gen_random_uuid());
