DROP TRIGGER users_access_changed ON users;
CREATE TRIGGER users_access_changed
  AFTER DELETE OR UPDATE OF username, role, timezone, is_active ON users
  FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
DROP TABLE recovery_codes;
ALTER TABLE users
  DROP CONSTRAINT users_second_factor_check,
  DROP COLUMN second_factor_failed_since,
  DROP COLUMN second_factor_failures,
  DROP COLUMN second_factor_step,
  DROP COLUMN second_factor_since,
  DROP COLUMN second_factor_secret;
