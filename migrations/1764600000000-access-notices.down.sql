DROP TRIGGER user_sessions_access_changed ON user_sessions;
DROP TRIGGER users_access_changed ON users;
DROP FUNCTION tell_access_changed();
