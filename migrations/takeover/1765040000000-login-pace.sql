-- Known devices and login locks.

CREATE TABLE login_locks (
  account character varying(64) NOT NULL,
  device_id uuid,
  until timestamp with time zone NOT NULL,
  CONSTRAINT login_locks_key UNIQUE NULLS NOT DISTINCT (account, device_id)
);
CREATE INDEX login_locks_until_idx ON login_locks (until);

CREATE TABLE known_devices (
  user_id integer NOT NULL,
  device_id uuid NOT NULL,
  last_seen timestamp with time zone NOT NULL,
  CONSTRAINT known_devices_pkey PRIMARY KEY (user_id, device_id),
  CONSTRAINT known_devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);
CREATE INDEX known_devices_last_seen_idx ON known_devices (last_seen);

INSERT INTO known_devices (user_id, device_id, last_seen)
SELECT user_id, device_id, max(created_at) FROM user_sessions GROUP BY user_id, device_id;
