-- Of pending accounts that share a name or address, at most one could keep it: all of them get another.
UPDATE users u SET username = left(username, 130) || '-pending-' || id, email = 'pending-' || id || '@invalid.example'
  WHERE pending AND EXISTS (SELECT FROM users o WHERE o.id <> u.id
    AND (lower(o.username) = lower(u.username) OR lower(o.email) = lower(u.email)));
DROP INDEX users_requested_timezone_idx;
DROP INDEX users_pending_idx;
DROP INDEX users_email_idx;
DROP INDEX users_username_idx;
DROP INDEX users_email_key;
DROP INDEX users_username_key;
CREATE UNIQUE INDEX users_username_key ON users (lower(username));
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
ALTER TABLE users DROP COLUMN requested_timezone;
ALTER TABLE users DROP COLUMN pending;
