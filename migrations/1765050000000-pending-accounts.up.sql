-- A sign-up that waits for the verification of its address is pending: it reserves neither its name nor its address, so
-- both may be those of several pending accounts, and belong to the first that is verified.
ALTER TABLE users ADD COLUMN pending boolean NOT NULL DEFAULT false;
-- The zone that was given at sign-up, where a manager has still to confirm it.
ALTER TABLE users ADD COLUMN requested_timezone character varying(64);
-- What was imported, or made by whoever runs the installation, keeps its name also while its address is not verified.
UPDATE users SET pending = true WHERE NOT email_verified
  AND NOT EXISTS (SELECT FROM legacy_ids l WHERE l.entity = 'user' AND l.id = users.id);

DROP INDEX users_username_key;
DROP INDEX users_email_key;
CREATE UNIQUE INDEX users_username_key ON users (lower(username)) WHERE NOT pending;
CREATE UNIQUE INDEX users_email_key ON users (lower(email)) WHERE NOT pending;
-- Login and the mails for an address look for pending accounts as well.
CREATE INDEX users_username_idx ON users (lower(username));
CREATE INDEX users_email_idx ON users (lower(email));
CREATE INDEX users_pending_idx ON users (created_at) WHERE pending;
CREATE INDEX users_requested_timezone_idx ON users (id) WHERE requested_timezone IS NOT NULL;
