-- Single-use tickets for WebSockets.

CREATE TABLE socket_tickets (
  ticket_hash character varying(64) NOT NULL,
  user_id integer NOT NULL,
  session_id integer NOT NULL,
  token_expires bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT socket_tickets_pkey PRIMARY KEY (ticket_hash)
);
CREATE INDEX socket_tickets_expires_at_idx ON socket_tickets (expires_at);
