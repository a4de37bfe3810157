-- The second factor.

ALTER TABLE users
  ADD COLUMN second_factor_secret text,
  ADD COLUMN second_factor_since timestamp with time zone,
  ADD COLUMN second_factor_step integer,
  ADD COLUMN second_factor_failures integer NOT NULL DEFAULT 0,
  ADD COLUMN second_factor_failed_since timestamp with time zone,
  ADD CONSTRAINT users_second_factor_check CHECK (second_factor_since IS NULL OR second_factor_secret IS NOT NULL);

CREATE TABLE recovery_codes (
  user_id integer NOT NULL,
  code_hash character varying(64) NOT NULL,
  CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, code_hash),
  CONSTRAINT recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);

DROP TRIGGER users_access_changed ON users;
CREATE TRIGGER users_access_changed
  AFTER DELETE OR UPDATE OF username, role, timezone, is_active, second_factor_since ON users
  FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
