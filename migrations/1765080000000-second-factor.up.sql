-- The second factor stands with the user, whom a login reads anyway. Its secret is encrypted; until it is confirmed there is
-- a secret and no time.
ALTER TABLE users
  ADD COLUMN second_factor_secret text,
  ADD COLUMN second_factor_since timestamp with time zone,
  -- The step of RFC 6238 whose code was accepted last: no code of it, or of an earlier one, is accepted again.
  ADD COLUMN second_factor_step integer,
  -- Wrong codes since the first one of a day.
  ADD COLUMN second_factor_failures integer NOT NULL DEFAULT 0,
  ADD COLUMN second_factor_failed_since timestamp with time zone,
  ADD CONSTRAINT users_second_factor_check CHECK (second_factor_since IS NULL OR second_factor_secret IS NOT NULL);

-- What signs in once in place of a code. Only hashes are kept.
CREATE TABLE recovery_codes (
  user_id integer NOT NULL,
  code_hash character varying(64) NOT NULL,
  CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, code_hash),
  CONSTRAINT recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);

-- Whether somebody has a second factor decides what their sessions may do.
DROP TRIGGER users_access_changed ON users;
CREATE TRIGGER users_access_changed
  AFTER DELETE OR UPDATE OF username, role, timezone, is_active, second_factor_since ON users
  FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
