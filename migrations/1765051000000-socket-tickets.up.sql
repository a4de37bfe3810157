-- What opens a WebSocket once, within seconds. Only a hash is kept.
CREATE TABLE socket_tickets (
  ticket_hash character varying(64) NOT NULL,
  user_id integer NOT NULL,
  session_id integer NOT NULL,
  -- Of the access token that it was issued for, in seconds since 1970: the socket ends with it.
  token_expires bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT socket_tickets_pkey PRIMARY KEY (ticket_hash)
);
CREATE INDEX socket_tickets_expires_at_idx ON socket_tickets (expires_at);
