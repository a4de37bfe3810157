-- Replicas keep in memory which sessions live and whose they are. Whoever changes that, by whatever means, tells them
-- with the commit.
CREATE FUNCTION tell_access_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ctms_access', CASE TG_TABLE_NAME WHEN 'users' THEN 'user:' ELSE 'session:' END || OLD.id);
  RETURN NULL;
END
$$;
CREATE TRIGGER users_access_changed
  AFTER DELETE OR UPDATE OF username, role, timezone, is_active ON users
  FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
CREATE TRIGGER user_sessions_access_changed
  AFTER DELETE OR UPDATE OF user_id, expires_at, ended_at ON user_sessions
  FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
