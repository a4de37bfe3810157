-- Tags have a version, the ETag of their answers, as tasks and users have.
ALTER TABLE tags ADD COLUMN version integer NOT NULL DEFAULT 1;
