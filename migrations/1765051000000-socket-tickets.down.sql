DROP TABLE socket_tickets;
