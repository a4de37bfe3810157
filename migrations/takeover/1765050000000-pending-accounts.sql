-- Pending accounts reserve neither their name nor their address. Imported accounts keep their names also while their addresses
-- are not verified.

ALTER TABLE users ADD COLUMN pending boolean NOT NULL DEFAULT false;
ALTER TABLE users ADD COLUMN requested_timezone character varying(64);
UPDATE users SET pending = true WHERE NOT email_verified
  AND NOT EXISTS (SELECT FROM legacy_ids l WHERE l.entity = 'user' AND l.id = users.id);

DROP INDEX users_username_key;
DROP INDEX users_email_key;
CREATE UNIQUE INDEX users_username_key ON users (lower(username)) WHERE NOT pending;
CREATE UNIQUE INDEX users_email_key ON users (lower(email)) WHERE NOT pending;
CREATE INDEX users_username_idx ON users (lower(username));
CREATE INDEX users_email_idx ON users (lower(email));
CREATE INDEX users_pending_idx ON users (created_at) WHERE pending;
CREATE INDEX users_requested_timezone_idx ON users (id) WHERE requested_timezone IS NOT NULL;
